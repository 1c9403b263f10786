using System.Xml.Linq;
using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>
/// Runs suites: unit suites side by side on the machine's cores; integration suites side by side where they name different services; performance
/// suites alone. The output of each is kept whole, and one that fails stops no other.
/// </summary>
internal sealed class SuiteRuns(TestSuite runner, string root)
{
    /// <returns>in the suites' order</returns>
    public async Task<IReadOnlyList<SuiteOutcome>> Run(IReadOnlyList<SuiteSettings> suites, IProgress<string>? progress, CancellationToken cancel)
    {
        var projects = suites.Where(s => s.Tool == SuiteTool.Dotnet).ToList();
        // Two that build what they share at the same time disturb each other; one builds for itself.
        var isBuilt = projects.Count > 1 && await Build(projects, progress, cancel).ConfigureAwait(false);
        using var cores = new SemaphoreSlim(projects.Count > 1 && !isBuilt ? 1 : Environment.ProcessorCount);
        var outcomes = new Dictionary<SuiteSettings, SuiteOutcome>();
        foreach (var batch in Batches(suites))
        {
            foreach (var outcome in await Task.WhenAll(batch.Select(One)).ConfigureAwait(false))
            {
                outcomes[outcome.Suite] = outcome;
            }
        }

        return [.. suites.Select(s => outcomes[s])];

        async Task<SuiteOutcome> One(SuiteSettings suite)
        {
            await cores.WaitAsync(cancel).ConfigureAwait(false);
            try
            {
                return await runner.Run(suite, isBuilt && suite.Tool == SuiteTool.Dotnet, progress, cancel).ConfigureAwait(false);
            }
            finally
            {
                cores.Release();
            }
        }
    }

    /// <summary>Suites of one batch run side by side, the batches one after another.</summary>
    internal static IReadOnlyList<IReadOnlyList<SuiteSettings>> Batches(IReadOnlyList<SuiteSettings> suites)
    {
        var batches = new List<List<SuiteSettings>>();
        foreach (var suite in suites.OrderBy(s => s.Kind))
        {
            if (batches.LastOrDefault() is { } last && last.TrueForAll(other => Agree(other, suite)))
            {
                last.Add(suite);
            }
            else
            {
                batches.Add([suite]);
            }
        }

        return batches;
    }

    private static bool Agree(SuiteSettings one, SuiteSettings other) => (one.Kind, other.Kind) switch
    {
        (SuiteKind.Unit, SuiteKind.Unit) => true,
        (SuiteKind.Integration, SuiteKind.Integration) => one.Services.Count > 0 && other.Services.Count > 0 && !one.Services.Intersect(other.Services).Any(),
        _ => false,
    };

    /// <summary>Builds the projects together, within the longest of their budgets.</summary>
    /// <returns>whether all are built; where not, each says by itself what is wrong with it</returns>
    private async Task<bool> Build(IReadOnlyList<SuiteSettings> suites, IProgress<string>? progress, CancellationToken cancel)
    {
        var solution = Path.Combine(root, ".pipeline", "test", "suites.slnx");
        Directory.CreateDirectory(Path.GetDirectoryName(solution)!);
        new XElement("Solution", suites.Select(s => s.Path.Replace('\\', '/')).Distinct().Select(p => new XElement("Project", new XAttribute("Path", $"../../{p}")))).Save(solution);
        var command = Dotnet.Command(root, "build", solution, "--nologo", "-v", "quiet") with
        {
            Timeout = suites.Max(s => s.Budget),
            OnLine = progress is null ? null : line => progress.Report($"build  {line}"),
        };
        return await ChildProcess.Run(command, cancel).ConfigureAwait(false) is { ExitCode: 0, TimedOut: false };
    }
}
