using System.Diagnostics;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Outcomes;

namespace Pipeline.Checks.Load;

/// <summary>Runs a suite that is a load, judges what was measured and writes it down.</summary>
/// <param name="variables">where the services answer</param>
internal sealed class LoadSuite(PipelineConfiguration configuration, IReadOnlyDictionary<string, string?> variables)
{
    /// <summary>The key below <c>gates</c> that decides about what could not be measured.</summary>
    public const string Gate = "performance.unmeasured";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);

    /// <summary>What releases before measured; <c>null</c>: nobody knows.</summary>
    public LoadHistory? History { get; init; }

    /// <param name="variant">the service whose release is under test; <c>null</c>: it is run by hand</param>
    public async Task<CheckPart> Run(SuiteSettings suite, string? variant, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var report = new LoadReport(configuration.Root, variant is null ? suite.Name : $"{suite.Name}-{variant}");
        report.Clear();
        var part = await Run(suite, variant, report, progress, cancel).ConfigureAwait(false);
        report.Verdict(part, watch.Elapsed);
        return part;
    }

    private async Task<CheckPart> Run(SuiteSettings suite, string? variant, LoadReport report, IProgress<string>? progress, CancellationToken cancel)
    {
        var service = suite.Services[0];
        var variable = DeploymentVariables.UrlOf(service);
        if (!Uri.TryCreate(variables.GetValueOrDefault(variable), UriKind.Absolute, out var url))
        {
            return new CheckPart(report.Name, Verdict.NotEvaluable, $"where {service} answers is not known: there is no {variable}") { Gate = Gate };
        }

        var (measured, wrong) = suite.Tool == SuiteTool.Locust
            ? await ByLocust(suite, url, report, progress, cancel).ConfigureAwait(false)
            : await ByItself(suite, url, progress, cancel).ConfigureAwait(false);
        if (measured is null)
        {
            return wrong! with { Name = report.Name };
        }

        var environment = configuration.Environment.Name;
        var before = History is null ? null : await History.Before(suite.Name, environment, variant, cancel).ConfigureAwait(false);
        var figures = new LoadFigures(suite.Name, environment, Hash(suite))
        {
            Service = variant,
            Requests = measured.Requests,
            Succeeded = measured.Succeeded,
            Failures = measured.Failures.GroupBy(f => f.Kind).ToDictionary(f => f.Key, f => f.Sum(k => k.Count)),
            Rate = measured.Rate,
            Times = measured.Times,
            Targets = LoadJudge.Text(suite.Targets),
        };
        var part = Judged(suite, measured, figures, before, wrong) with { Name = report.Name, Report = report.Page };
        await report.Write(part, measured, suite, before, cancel).ConfigureAwait(false);
        return part;
    }

    private static CheckPart Judged(SuiteSettings suite, LoadMeasurement measured, LoadFigures figures, EarlierFigures? before, CheckPart? wrong)
    {
        var judge = new LoadJudge(suite.Targets, suite.Load!, before);
        string Said(string why) => string.Join("; ", new[] { why, figures.ToString(), judge.Comparison(figures) }.Where(t => t.Length > 0));
        if (wrong is not null)
        {
            return wrong with { Summary = Said(wrong.Summary), Figures = figures };
        }

        var (verdict, why, missed) = judge.Judge(measured, figures);
        return new CheckPart(suite.Name, verdict, Said(why)) { Findings = missed, Gate = Gate, Figures = figures with { Passed = verdict == Verdict.Passed } };
    }

    private static async Task<(LoadMeasurement? Measured, CheckPart? Wrong)> ByItself(SuiteSettings suite, Uri url, IProgress<string>? progress, CancellationToken cancel)
    {
        var load = suite.Load!;
        progress?.Report(LoadText.Text($"{suite.Name}: {load.Rate:#,0} requests a second to {url} for {Reporting.Durations.Text(load.WarmUp + load.Duration)}, by at most {load.Users} users"));
        var recorder = new LoadRecorder(load, suite.Targets.Percentile95);
        var runner = new LoadRunner(url, load, suite.Targets.Percentile95 * 2 is var twice && twice > Patience ? twice : Patience, recorder);
        using var budget = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        budget.CancelAfter(suite.Budget);
        try
        {
            await runner.Run(budget.Token).ConfigureAwait(false);
            return (recorder.Read(runner.Processors()), null);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            var far = LoadText.Text($"stopped after its budget of {Reporting.Durations.Text(suite.Budget)}, when {recorder.Measured:#,0} of {LoadRunner.Planned(load):#,0} requests were measured");
            return (recorder.Read(runner.Processors()), new CheckPart(suite.Name, Verdict.Failed, far));
        }
    }

    private async Task<(LoadMeasurement? Measured, CheckPart? Wrong)> ByLocust(SuiteSettings suite, Uri url, LoadReport report, IProgress<string>? progress, CancellationToken cancel)
    {
        var locust = new Locust(configuration.Root, report.Folder);
        var found = await locust.Run(suite, url, variables, progress, cancel).ConfigureAwait(false);
        if (locust.Log is { } log)
        {
            await report.Log(log, cancel).ConfigureAwait(false);
        }

        return found;
    }

    /// <summary>Everything that makes figures comparable with others.</summary>
    private string Hash(SuiteSettings suite)
    {
        var load = suite.Load!;
        return Hashing.Of(
        [
            suite.Tool.ToString(), suite.Services[0], LoadText.Text($"{load.Rate} {load.Users} {load.Duration.Ticks} {load.WarmUp.Ticks}"),
            .. load.Requests.SelectMany(r => (string[])[r.Method, r.Path, r.Body ?? "", LoadText.Text($"{r.Weight}")]),
            .. suite.Tool == SuiteTool.Locust ? [File.ReadAllText(Path.Combine(configuration.Root, suite.Path))] : Array.Empty<string>(),
        ]);
    }
}
