using System.Diagnostics;
using Pipeline.Checks.Coverage;
using Pipeline.Checks.Suites;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>What the tests get besides the code.</summary>
public sealed record TestOptions
{
    /// <summary>Kinds of suites to run; <c>null</c>: unit suites, with <see cref="CheckScope.WholeRepository"/> all.</summary>
    public IReadOnlyCollection<SuiteKind>? Kinds { get; init; }

    /// <summary>Variables for the test processes, e.g. where the deployed services answer; <c>null</c> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>Tests marked <c>slow</c> run, whatever their suites say.</summary>
    public bool Slow { get; init; }

    /// <summary>What the suites' logs may not show.</summary>
    public SecretMask Secrets { get; init; } = SecretMask.None;
}

/// <summary>
/// Runs test suites and judges the coverage of the services' own code. Per suite it leaves <c>artifacts/test/NAME.log</c>,
/// <c>artifacts/test/NAME.junit.xml</c> and <c>artifacts/coverage/NAME.cobertura.xml</c>; <c>artifacts/coverage/coverage.cobertura.xml</c> is of all together.
/// </summary>
public static class TestCheck
{
    /// <summary>Runs the unit suites that cover an affected service, or with <see cref="CheckScope.WholeRepository"/> all suites.</summary>
    /// <returns>one part a suite with its counts, and a part <c>coverage</c> where unit suites ran; no report, or none with a test in it, is a failure</returns>
    /// <exception cref="PipelineException">a project file cannot be read, or <c>dotnet</c> is missing</exception>
    public static async Task<CheckResult> Run(
        PipelineConfiguration configuration, CheckScope scope, TestOptions options, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var projects = new ProjectClosure(configuration.Root);
        var services = configuration.Services.Where(s => scope.WholeRepository || scope.Services.Contains(s.Name)).ToList();
        var suites = Suites(configuration, scope, options, services);
        var outcomes = await new SuiteRuns(new TestSuite(configuration, options), configuration.Root).Run(suites, progress, cancel).ConfigureAwait(false);
        var parts = outcomes.Select(o => o.Part).ToList();
        if (services.Count > 0 && (options.Kinds?.Contains(SuiteKind.Unit) ?? true))
        {
            parts.Add(new CoverageGate(configuration, projects, services, scope.Inputs).Judge([.. outcomes.Where(o => o.Suite.Kind == SuiteKind.Unit)]));
        }

        if (parts.Count == 0)
        {
            parts.Add(new CheckPart("tests", Verdict.Skipped, services.Count == 0 ? "no service is affected" : "no suite of this kind is configured"));
        }

        return Verdicts.Result("Test", watch.Elapsed, parts);
    }

    /// <summary>The tests were left out: a skipped check, which is never a pass.</summary>
    /// <param name="why">half a sentence</param>
    public static CheckResult LeftOut(string why) => Verdicts.Result("Test", TimeSpan.Zero, [new CheckPart("tests", Verdict.Skipped, why)]);

    /// <summary>All suites' counts together.</summary>
    public static TestCounts Counts(CheckResult result) =>
        result.Parts.Aggregate(new TestCounts(0, 0, 0), (sum, part) => part.Tests is { } tests ? sum + tests : sum);

    private static IReadOnlyList<SuiteSettings> Suites(PipelineConfiguration configuration, CheckScope scope, TestOptions options, List<ServiceSettings> services)
    {
        IReadOnlyCollection<SuiteKind> kinds = options.Kinds ?? (scope.WholeRepository ? Enum.GetValues<SuiteKind>() : [SuiteKind.Unit]);
        var covered = new SuiteScope(configuration);
        // An integration suite talks to services over the network; its project need not refer to them.
        return
        [
            .. configuration.Checks.Suites.Where(s => !s.AgainstDeployment && kinds.Contains(s.Kind)
                && (scope.WholeRepository || (s is { Kind: SuiteKind.Integration, Services.Count: 0 } && services.Count > 0) || covered.CoveredBy(s).Intersect(services).Any())),
        ];
    }
}
