using Pipeline.Checks.Load;
using Pipeline.Checks.Suites;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Runs the suites that test what is deployed, and makes a gate's result of what they found.</summary>
public sealed class DeploymentSuites(PipelineConfiguration configuration)
{
    private const int NamedFailures = 5;

    /// <summary>A test project builds in its own folder, and a performance suite wants the machine for itself.</summary>
    private static readonly SemaphoreSlim OneByOne = new(1);

    /// <summary>Tests marked <c>slow</c> run, whatever their suites say.</summary>
    public bool Slow { get; init; }

    /// <summary>What loads of releases before measured; <c>null</c>: nobody knows.</summary>
    public LoadHistory? History { get; init; }

    /// <summary>The gates that suites speak for, in the order they are asked.</summary>
    public static IReadOnlyList<SuiteKind> Kinds { get; } = [SuiteKind.Integration, SuiteKind.Performance];

    /// <summary>A gate's name, as in <c>gates:</c>.</summary>
    public static string GateOf(SuiteKind kind) => kind == SuiteKind.Performance ? "performance" : "integration";

    /// <summary>The suites of a kind that judge a service's deployment in the selected environment.</summary>
    /// <param name="service"><c>null</c>: any service's</param>
    public IReadOnlyList<SuiteSettings> Of(SuiteKind kind, string? service) =>
        [.. configuration.Checks.Suites.Where(s => s.AgainstDeployment
            && (s.Kind == SuiteKind.Performance) == (kind == SuiteKind.Performance)
            && (s.Environments.Count == 0 || s.Environments.Contains(configuration.Environment.Name))
            && (service is null || s.Services.Count == 0 || s.Services.Contains(service)))];

    /// <summary>Runs suites.</summary>
    /// <param name="suites">see <see cref="Of"/></param>
    /// <param name="variant">told apart from another run of the same suites in their reports' names; <c>null</c>: there is no other</param>
    /// <param name="variables">for the test processes</param>
    /// <param name="progress">what they print</param>
    /// <returns>one part a suite</returns>
    public async Task<IReadOnlyList<CheckPart>> Run(
        IReadOnlyList<SuiteSettings> suites, string? variant, IReadOnlyDictionary<string, string?> variables, IProgress<string>? progress, CancellationToken cancel)
    {
        await OneByOne.WaitAsync(cancel).ConfigureAwait(false);
        try
        {
            var runs = new SuiteRuns(new TestSuite(configuration, new TestOptions { Environment = variables, Slow = Slow }), configuration.Root);
            var tests = suites.Where(s => s.Load is null).Select(s => variant is null ? s : s with { Name = $"{s.Name}-{variant}" }).ToList();
            var parts = (await runs.Run(tests, progress, cancel).ConfigureAwait(false)).Select(o => o.Part).ToList();
            var loads = new LoadSuite(configuration, variables) { History = History };
            foreach (var suite in suites.Where(s => s.Load is not null))
            {
                parts.Add(await loads.Run(suite, variant, progress, cancel).ConfigureAwait(false));
            }

            var kinds = suites.Select(s => s.Kind).Distinct().ToList();
            return [.. parts.Select(p => p.Verdict == Verdict.NotEvaluable && kinds is [var kind] ? p with { Gate = p.Gate ?? $"{GateOf(kind)}.unmeasured" } : p)];
        }
        finally
        {
            OneByOne.Release();
        }
    }

    /// <summary>What the gate says of the suites of a kind: that they passed is a pass; that nothing could be measured is not, and the environment's gate decides about it.</summary>
    /// <param name="parts">of the suites that ran; none: there was no suite to run</param>
    /// <param name="subject">what was tested, for people</param>
    public GateResult Judge(SuiteKind kind, IReadOnlyList<CheckPart> parts, string subject, DateTimeOffset now)
    {
        var gate = GateOf(kind);
        var counts = parts.Aggregate(new TestCounts(0, 0, 0), (sum, part) => part.Tests is { } tests ? sum + tests : sum);
        var verdict = parts.Count == 0 ? Verdict.NotEvaluable : Verdicts.Together(parts) is var together && together == Verdict.Skipped ? Verdict.NotEvaluable : together;
        var loads = parts.Where(p => p.Figures is not null).ToList();
        var tested = loads.Count == 0 || parts.Any(p => p.Tests is not null);
        var allowed = (kind == SuiteKind.Performance ? configuration.Environment.Gates.Performance : configuration.Environment.Gates.Integration) == WhenNotEvaluable.Allow;
        var text = verdict switch
        {
            Verdict.Passed => $"{subject}: {string.Join("; ", [.. tested ? [$"{Reporting.Words.Count(counts.Passed, "test")} passed{(counts.Skipped > 0 ? $", {counts.Skipped} skipped" : "")}"] : Array.Empty<string>(), .. loads.Select(p => $"{p.Name} {p.Summary}")])}",
            Verdict.Failed => $"{subject}: {Failures(parts)}",
            _ => $"{subject}: {(parts.Count == 0 ? $"no {gate} suite tests deployments to {configuration.Environment.Name}" : string.Join("; ", parts.Select(p => p.Summary)))}; {(allowed ? "allowed" : "refused")} in {configuration.Environment.Name} by gates.{gate}.unmeasured",
        };
        return new GateResult(gate, verdict, text, now)
        {
            Value = parts.Count == 0 ? null : string.Join("; ", [.. tested ? [$"{counts.Passed} passed, {counts.Failed} failed, {counts.Skipped} skipped"] : Array.Empty<string>(), .. loads.Select(p => $"{p.Name} {p.Figures}")]),
            Threshold = string.Join("; ", [.. tested ? ["0 failed"] : Array.Empty<string>(), .. loads.Select(p => $"{p.Name} {p.Figures!.Targets}")]),
            Source = parts.Count == 0 ? null : string.Join(", ", parts.Select(p => p.Report ?? $"artifacts/test/{p.Name}.junit.xml")),
            Figures = [.. loads.Select(p => p.Figures!)],
            IsOpen = verdict == Verdict.Passed || (verdict == Verdict.NotEvaluable && allowed),
            Next = verdict == Verdict.Passed ? null : parts.Count == 0 ? "name a suite in checks.suites with against: deployment" : $"./build.sh --target={(kind == SuiteKind.Performance ? "PerformanceTest" : "IntegrationTest")} --environment={configuration.Environment.Name}",
        };
    }

    /// <summary>The gate's results of several services as one: the worst verdict, everybody's text.</summary>
    public static GateResult Together(GateResult one, GateResult other)
    {
        var worse = Rank(other) > Rank(one) ? other : one;
        return worse with
        {
            At = one.At > other.At ? one.At : other.At,
            Text = $"{one.Text}; {other.Text}",
            Value = string.Join("; ", new[] { one.Value, other.Value }.OfType<string>()) is { Length: > 0 } values ? values : null,
            Source = string.Join(", ", new[] { one.Source, other.Source }.OfType<string>()) is { Length: > 0 } sources ? sources : null,
            Figures = [.. one.Figures, .. other.Figures],
            Digests = one.Digests.Concat(other.Digests).GroupBy(d => d.Key).ToDictionary(d => d.Key, d => d.Last().Value),
        };
    }

    private static int Rank(GateResult gate) => gate switch
    {
        { Verdict: Verdict.Failed } => 3,
        { IsOpen: false } => 2,
        { Verdict: Verdict.Passed } => 0,
        _ => 1,
    };

    private static string Failures(IReadOnlyList<CheckPart> parts)
    {
        var bad = parts.Where(p => p.Verdict is not (Verdict.Passed or Verdict.Skipped)).ToList();
        var findings = bad.SelectMany(p => p.Findings).ToList();
        var named = string.Join("; ", findings.Take(NamedFailures).Select(f => $"{f.Rule}: {f.Message}"));
        return string.Join("; ", bad.Select(p => $"{p.Name} {p.Summary}")) + (named.Length > 0 ? $" ({named}{(findings.Count > NamedFailures ? $"; and {findings.Count - NamedFailures} more" : "")})" : "");
    }
}
