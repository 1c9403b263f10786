using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>Asks for known vulnerabilities of the packages, but believes a clean answer only where a package source has vulnerability data.</summary>
internal static class PackageAdvisories
{
    public const string Name = "package advisories";

    public static async Task<CheckPart> Run(string root, IReadOnlyList<string> projects, IProgress<string>? progress, CancellationToken cancel)
    {
        if (projects.Count == 0)
        {
            return new CheckPart(Name, Verdict.Skipped, "no service is affected");
        }

        if (await PackageSources.WhyNotEvaluable(root, cancel).ConfigureAwait(false) is { } reason)
        {
            return NotEvaluable(reason);
        }

        var findings = new List<Finding>();
        foreach (var project in projects)
        {
            progress?.Report($"package advisories of {project}");
            var (found, problem) = await Ask(root, project, cancel).ConfigureAwait(false);
            if (problem is not null)
            {
                return NotEvaluable(problem);
            }

            findings.AddRange(found);
        }

        return findings.Count == 0
            ? new CheckPart(Name, Verdict.Passed, "package advisories 0")
            : new CheckPart(Name, Verdict.Failed, $"package advisories {findings.Count}") { Findings = [.. findings.Distinct()] };
    }

    /// <summary>Reads the answer of <c>dotnet list package --vulnerable --format json</c>.</summary>
    public static (IReadOnlyList<Finding> Findings, string? Problem) Read(string root, string json)
    {
        JsonNode? answer;
        try
        {
            answer = JsonNode.Parse(json);
        }
        catch (JsonException)
        {
            return ([], "the answer about vulnerable packages cannot be read");
        }

        var problem = Items(answer?["problems"]).Select(p => (string?)p["text"]).FirstOrDefault(t => t is not null);
        if (problem is not null || answer?["projects"] is not JsonArray)
        {
            return ([], $"the packages could not be checked: {TerminalText.Echo(problem ?? "no project in the answer")}");
        }

        var findings =
            from project in Items(answer["projects"])
            from framework in Items(project["frameworks"])
            from package in Items(framework["topLevelPackages"]).Concat(Items(framework["transitivePackages"]))
            from advisory in Items(package["vulnerabilities"])
            let name = $"{package["id"]} {package["resolvedVersion"]}"
            select new Finding(
                $"advisory-{((string?)advisory["severity"] ?? "unknown").ToLowerInvariant()}",
                $"{name}: {advisory["severity"]} severity, {advisory["advisoryurl"]}",
                Dotnet.Relative(root, (string?)project["path"] ?? ""),
                null,
                $"use a version of {package["id"]} that the advisory does not name");
        return ([.. findings.Distinct()], null);
    }

    private static async Task<(IReadOnlyList<Finding> Findings, string? Problem)> Ask(string root, string project, CancellationToken cancel)
    {
        var restore = await ChildProcess.Run(Dotnet.Command(root, "restore", project, "-v", "quiet"), cancel).ConfigureAwait(false);
        if (restore.ExitCode != 0)
        {
            return ([], $"packages of {project} cannot be restored: {Dotnet.Tail(restore)}");
        }

        if ((restore.Output + restore.Error).Contains("NU1900", StringComparison.Ordinal))
        {
            return ([], "the package source did not give its vulnerability data (NU1900)");
        }

        var list = await ChildProcess.Run(
            Dotnet.Command(root, "list", project, "package", "--vulnerable", "--include-transitive", "--format", "json"), cancel).ConfigureAwait(false);
        var start = list.Output.IndexOf('{', StringComparison.Ordinal);
        var answer = Read(root, start < 0 ? "" : list.Output[start..]);
        return answer.Problem is null && list.ExitCode != 0 ? ([], $"the packages could not be checked: {Dotnet.Tail(list)}") : answer;
    }

    private static CheckPart NotEvaluable(string reason) => new(Name, Verdict.NotEvaluable, reason) { Gate = "security.advisories" };

    private static IEnumerable<JsonNode> Items(JsonNode? node) => node is JsonArray array ? array.OfType<JsonNode>() : [];
}
