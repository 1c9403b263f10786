using System.Diagnostics;
using Pipeline.Checks.Advisories;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Looks for committed secrets in every tracked file, and for known vulnerabilities of the packages.</summary>
public static class SecurityCheck
{
    /// <summary>Scans the tracked files as they are in the work tree, and asks for advisories about the affected services' packages.</summary>
    /// <returns>parts <c>secrets</c> and <c>package advisories</c>; <c>artifacts/security/security.sarif</c> holds their findings</returns>
    /// <exception cref="PipelineException">a project file cannot be read, or <c>dotnet</c> or <c>git</c> is missing</exception>
    public static async Task<CheckResult> Run(PipelineConfiguration configuration, CheckScope scope, IProgress<string>? progress, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var secrets = SecretScan.Run(configuration.Root, cancel);
        var services = configuration.Services.Where(s => scope.WholeRepository || scope.Services.Contains(s.Name));
        var advisories = await new PackageAdvisories(configuration).Run([.. services], progress, cancel).ConfigureAwait(false);
        CheckPart[] parts = [await secrets.ConfigureAwait(false), advisories];
        SarifReport.Write(Path.Combine(configuration.Root, "artifacts", "security", "security.sarif"), "security", parts.SelectMany(p => p.Findings));
        return Verdicts.Result("Security", watch.Elapsed, parts);
    }
}
