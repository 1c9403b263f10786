using System.Diagnostics;
using System.Xml.Linq;
using Pipeline.Checks.Tools;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>
/// How code is written, whatever it is written in. .NET: formatting and style (<c>dotnet format --verify-no-changes</c>) and a build with warnings as
/// errors. Python: black, isort, flake8. And shell scripts, templates, YAML and Dockerfiles; and the messages of commits that are not merged yet.
/// </summary>
/// <remarks>
/// The .NET parts use build folders of their own below <c>.pipeline/</c>: an up-to-date project is not compiled again and would keep quiet about its
/// warnings, and the tests may build meanwhile.
/// </remarks>
public static class LintCheck
{
    /// <summary>Checks what belongs to the affected services; with <see cref="CheckScope.WholeRepository"/> the root's solution and every file.</summary>
    /// <returns>a part for each tool that has something to look at, always in the same order; <c>artifacts/lint/lint.sarif</c> holds their findings</returns>
    /// <exception cref="PipelineException">a project file cannot be read, there is no solution, or <c>dotnet</c> or <c>git</c> is missing</exception>
    public static async Task<CheckResult> Run(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var projects = LintProjects.Select(configuration, scope);
        var tools = await LintTools.Select(configuration, scope, progress, cancel).ConfigureAwait(false);
        var net = new LintRun(configuration.Root, projects, configuration.Checks.Skip, new Budget(configuration.Checks.LintBudget)) { Progress = progress };
        var parts = await SideBySide.Run([.. projects.Count == 0 ? [] : new[] { net.Check }, .. tools, token => CommitMessages.Run(configuration, token)], cancel).ConfigureAwait(false);
        SarifReport.Write(Path.Combine(configuration.Root, "artifacts", "lint", "lint.sarif"), parts);
        return Verdicts.Result("Lint", watch.Elapsed, parts.Count > 0 ? parts : [new CheckPart("lint", Verdict.Skipped, scope is { WholeRepository: false, Services: [] } ? "no service is affected" : "no tool has anything to look at")]);
    }
}

/// <summary>Which projects a scope means.</summary>
internal static class LintProjects
{
    public static IReadOnlyList<string> Select(PipelineConfiguration configuration, CheckScope scope)
    {
        var projects = new ProjectClosure(configuration.Root);
        var solution = scope.WholeRepository ? FindSolution(configuration.Root) : null;
        if (solution is not null)
        {
            return [.. InSolution(configuration.Root, solution).Select(projects.Normal).Distinct().Order(StringComparer.Ordinal)];
        }

        var services = configuration.Services.Where(s => scope.WholeRepository || scope.Services.Contains(s.Name)).Select(s => s.Project).OfType<string>().Select(projects.Normal).ToHashSet();
        var suites = configuration.Checks.Suites.Where(s => s.Tool == SuiteTool.Dotnet).Select(s => s.Path).Where(s => projects.Of(s).Overlaps(services));
        return [.. services.Concat(suites).SelectMany(projects.Of).Distinct().Order(StringComparer.Ordinal)];
    }

    private static string? FindSolution(string root) =>
        Directory.EnumerateFiles(root, "*.sln").Concat(Directory.EnumerateFiles(root, "*.slnx")).Order(StringComparer.Ordinal).FirstOrDefault();

    private static IEnumerable<string> InSolution(string root, string solution) =>
        solution.EndsWith(".slnx", StringComparison.Ordinal)
            ? XDocument.Load(solution).Descendants("Project").Select(p => (string?)p.Attribute("Path") ?? "").Where(p => p.Length > 0)
            : File.ReadLines(Path.Combine(root, solution))
                .Where(l => l.StartsWith("Project(", StringComparison.Ordinal))
                .Select(l => l.Split('"'))
                .Where(q => q.Length > 5 && q[5].EndsWith("proj", StringComparison.Ordinal))
                .Select(q => q[5]);
}
