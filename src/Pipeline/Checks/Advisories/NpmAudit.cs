using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Advisories;

/// <summary>Asks npm's registry through <c>npm audit</c>, which needs only the lock file.</summary>
/// <param name="find">a program's path; <c>null</c>: it is not installed</param>
/// <param name="budget">it is stopped after this long</param>
internal sealed partial class NpmAudit(string root, Func<string, string?> find, TimeSpan budget)
{
    public async Task<Answer> Ask(IReadOnlyList<InstalledPackage> packages, CancellationToken cancel)
    {
        var answer = new Answer("npm audit", Ecosystem.Npm);
        if (find("npm") is not { } npm)
        {
            return answer with { Problem = "npm is not installed" };
        }

        foreach (var file in packages.GroupBy(p => p.File))
        {
            var folder = Path.GetDirectoryName(Path.Combine(root, file.Key))!;
            var command = new Command(npm, ["audit", "--json", "--package-lock-only", "--fetch-retries=0", "--fetch-timeout=30000", "--no-update-notifier"], folder) { Timeout = budget, PlainText = true };
            var result = await ChildProcess.Run(command, cancel).ConfigureAwait(false);
            var (found, problem) = result.TimedOut ? ([], $"was stopped after {Reporting.Durations.Text(budget)}") : Read(result.Output, [.. file]);
            answer = answer with { Found = [.. answer.Found, .. found], Problem = answer.Problem ?? problem };
        }

        return answer;
    }

    /// <summary>Reads the answer of npm 7 or later.</summary>
    /// <param name="packages">what the lock file holds</param>
    public static (IReadOnlyList<Vulnerability> Found, string? Problem) Read(string json, IReadOnlyList<InstalledPackage> packages)
    {
        JsonObject? answer;
        try
        {
            answer = JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            answer = null;
        }

        if (answer?["error"] is not null || answer?["auditReportVersion"] is null || answer["vulnerabilities"] is not JsonObject vulnerabilities)
        {
            var said = answer?["message"] ?? (answer?["error"] as JsonObject)?["summary"];
            return ([], said is JsonValue && said.ToString() is { Length: > 0 } text ? TerminalText.Echo(text) : "gave no answer that can be read");
        }

        var byFolder = packages.Where(p => p.Folder is not null).ToLookup(p => p.Folder!);
        var found =
            from vulnerable in vulnerabilities.Select(v => v.Value).OfType<JsonObject>()
            // What is only vulnerable through another package is named by a text; the other one has an entry of its own.
            from via in (vulnerable["via"] as JsonArray ?? []).OfType<JsonObject>()
            from node in (vulnerable["nodes"] as JsonArray ?? []).OfType<JsonValue>()
            from package in byFolder[node.ToString()]
            select new Vulnerability(package, [NuGetAudit.Id($"{via["url"]}")], Severities.Word($"{via["severity"]}"), FirstFix(package, $"{via["range"]}"));
        var all = found.ToList();
        var unplaced = vulnerabilities.FirstOrDefault(v => v.Value is JsonObject entry && (entry["nodes"] as JsonArray ?? []).All(n => !byFolder.Contains($"{n}"))).Key;
        return (all, unplaced is null ? null : $"names {TerminalText.Echo(unplaced)}, which the lock file does not");
    }

    /// <summary>The end of the vulnerable range that holds the installed version.</summary>
    private static string? FirstFix(InstalledPackage package, string range)
    {
        var later = Below().Matches(range).Select(m => m.Groups["version"].Value).Where(v => VersionOrder.Compare(Ecosystem.Npm, package.Version, v) < 0).ToList();
        later.Sort((a, b) => VersionOrder.Compare(Ecosystem.Npm, a, b) ?? 0);
        return later.FirstOrDefault();
    }

    [GeneratedRegex(@"<(?!=)\s*(?<version>[0-9][0-9A-Za-z.+-]*)")]
    private static partial Regex Below();
}
