using System.Globalization;
using Pipeline.Outcomes;
using Pipeline.Watching;

namespace Pipeline.Reporting;

/// <summary>A look at the watch, for people.</summary>
public static class WatchReport
{
    /// <summary>Says it.</summary>
    /// <exception cref="PipelineException">the release was rolled back (4), that failed (5), a person is needed (3), or metrics could not be read (6)</exception>
    public static void Print(Output output, TickResult result)
    {
        output.Result("Watch", result.ExitCode == ExitCode.Done ? Verdict.Passed : result.State is TickState.Blind or TickState.Unreadable or TickState.RollingBack ? Verdict.NotEvaluable : Verdict.Failed,
            string.Join('\n', [result.Text, .. Lines(result)]));
        if (result.ExitCode != ExitCode.Done)
        {
            throw new PipelineException(result.ExitCode, result.Text, result.Details);
        }
    }

    /// <summary>A service's row while somebody watches: all values on a terminal; elsewhere only what is not healthy, so that a log says what changed.</summary>
    public static void Show(Rows rows, TickResult result, bool live)
    {
        foreach (var service in result.Services)
        {
            var told = live ? service.Triggers : [.. service.Triggers.Where(t => t.State != TriggerState.Healthy)];
            rows.Set(service.Service, told.Count == 0 ? "healthy" : string.Join("   ", told.Select(t => live || t.State is TriggerState.Fired or TriggerState.Inconclusive ? t.Text : $"{t.Trigger}: {t.State}")));
        }
    }

    private static IEnumerable<string> Lines(TickResult result)
    {
        var width = result.Services.Select(s => s.Service.Length).DefaultIfEmpty().Max();
        foreach (var service in result.Services)
        {
            yield return $"{service.Service.PadRight(width)}   {string.Join("   ", service.Triggers.Select(t => t.Text))}";
            if (result.Watch?.Services.FirstOrDefault(s => s.Measured.Service == service.Service) is { } watched)
            {
                if (watched.Baseline is { Points: > 0 } before)
                {
                    yield return $"{"".PadRight(width)}   before the release: {Figures(before)}";
                }

                if (!watched.PerTask)
                {
                    yield return $"{"".PadRight(width)}   CPU and memory are of all revisions together (the cluster has no enhanced Container Insights)";
                }
            }
        }

        foreach (var gap in result.Watch?.Gaps ?? [])
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"watch gap {gap.From.UtcDateTime:HH:mm}–{gap.To.UtcDateTime:HH:mm}, re-read: {gap.Found}");
        }

        foreach (var marked in result.Watch?.Marked ?? [])
        {
            yield return string.Create(CultureInfo.InvariantCulture, $"left out {marked.From.UtcDateTime:HH:mm:ss}–{marked.To.UtcDateTime:HH:mm:ss}: {marked.Why}");
        }
    }

    private static string Figures(Baseline before) => string.Join("   ", new[]
    {
        before.ErrorRate is { } errors ? string.Create(CultureInfo.InvariantCulture, $"error rate {errors:0.0#} %") : null,
        before.ResponseTime is { } seconds ? string.Create(CultureInfo.InvariantCulture, $"response time {seconds:0.###} s") : null,
        before.Cpu is { } cpu ? string.Create(CultureInfo.InvariantCulture, $"CPU {cpu:0.0#} %") : null,
        before.Memory is { } memory ? string.Create(CultureInfo.InvariantCulture, $"memory {memory:0.0#} %") : null,
    }.OfType<string>());
}
