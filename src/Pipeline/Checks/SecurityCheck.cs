using System.Collections.Concurrent;
using System.Diagnostics;
using Pipeline.Checks.Advisories;
using Pipeline.Checks.Tools;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Checks;

/// <summary>Looks for committed secrets, in the files and in the history; for dangerous Python code; and for known vulnerabilities of the packages.</summary>
public static class SecurityCheck
{
    /// <summary>Scans the tracked files as they are in the work tree with the commits that are new, and what the affected services are made of.</summary>
    /// <returns>parts <c>secrets</c>, <c>secrets in history</c>, <c>bandit</c> where there is Python code, and <c>package advisories</c>; <c>artifacts/security/security.sarif</c> holds their findings</returns>
    /// <exception cref="PipelineException">a project file cannot be read, or <c>dotnet</c> or <c>git</c> is missing</exception>
    public static async Task<CheckResult> Run(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var budget = new Budget(configuration.Checks.SecurityBudget);
        var parts = await SideBySide.Run(
            [
                token => Secrets(configuration.Root, scope, budget, token),
                token => Python(configuration, scope, progress, token),
                async token => [await budget.Within(PackageAdvisories.Name, time => Advisories(configuration, scope, progress, time), token).ConfigureAwait(false)],
            ],
            cancel).ConfigureAwait(false);
        SarifReport.Write(Path.Combine(configuration.Root, "artifacts", "security", "security.sarif"), parts);
        return Verdicts.Result("Security", watch.Elapsed, parts);
    }

    /// <summary>The history after the work tree: a secret that still stands there is judged there, by its own line.</summary>
    private static async Task<IReadOnlyList<CheckPart>> Secrets(string root, CheckScope scope, Budget budget, CancellationToken cancel)
    {
        var seen = new ConcurrentBag<string>();
        var now = await budget.Within(SecretScan.Name, time => SecretScan.Run(root, seen, time), cancel).ConfigureAwait(false);
        if (now.Verdict == Verdict.NotEvaluable && seen.IsEmpty)
        {
            return [now];
        }

        return [now, await budget.Within(SecretHistory.Name, time => SecretHistory.Run(root, scope.Since, seen.ToHashSet(), time), cancel).ConfigureAwait(false)];
    }

    private static async Task<IReadOnlyList<CheckPart>> Python(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var (root, checks) = (configuration.Root, configuration.Checks);
        var runner = new ToolRunner(root, checks.Skip, checks.SecurityBudget) { Progress = progress };
        var (files, problem) = await RepositoryFiles.List(root, cancel).ConfigureAwait(false);
        if (files is null)
        {
            return configuration.Services.Any(s => s.Toolchain == Toolchain.Python) ? [new CheckPart(Bandit.Tool.Name, Verdict.NotEvaluable, problem) { Gate = Bandit.Tool.Gate }] : [];
        }

        var code = new PythonCode(configuration, scope, files).Own;
        var uses = code.SelectMany(p => Bandit.Uses(root, p, checks.Bandit)).ToList();
        return uses.Count == 0 ? [] : [await runner.Run(uses, Words.Count(code.Sum(p => p.Files.Count), "Python file"), cancel).ConfigureAwait(false)];
    }

    private static Task<CheckPart> Advisories(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel) =>
        new PackageAdvisories(configuration).Run([.. configuration.Services.Where(s => scope.WholeRepository || scope.Services.Contains(s.Name))], progress, cancel);
}
