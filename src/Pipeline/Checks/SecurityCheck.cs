using System.Diagnostics;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Looks for committed secrets in every tracked file, and for known vulnerabilities of the packages.</summary>
public static class SecurityCheck
{
    /// <summary>Scans the tracked files as they are in the work tree, and asks the package source about the affected services' packages.</summary>
    /// <returns>parts <c>secrets</c> and <c>package advisories</c>; <c>artifacts/security/security.sarif</c> holds their findings</returns>
    /// <exception cref="PipelineException">a project file cannot be read, or <c>dotnet</c> or <c>git</c> is missing</exception>
    public static async Task<CheckResult> Run(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var secrets = SecretScan.Run(configuration.Root, cancel);
        var closure = new ProjectClosure(configuration.Root);
        var projects = configuration.Services.Where(s => scope.WholeRepository || scope.Services.Contains(s.Name)).Select(s => s.Project).OfType<string>().Select(closure.Normal).Distinct();
        var advisories = await PackageAdvisories.Run(configuration.Root, [.. projects], progress, cancel).ConfigureAwait(false);
        CheckPart[] parts = [await secrets.ConfigureAwait(false), advisories];
        SarifReport.Write(Path.Combine(configuration.Root, "artifacts", "security", "security.sarif"), "security", parts.SelectMany(p => p.Findings));
        return Verdicts.Result("Security", watch.Elapsed, parts);
    }
}
