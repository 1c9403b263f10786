using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Processes;

namespace Pipeline.Checks.Advisories;

/// <summary>Asks pip-audit, or where it is not installed Safety, about exact versions.</summary>
/// <param name="find">a program's path; <c>null</c>: it is not installed</param>
/// <param name="budget">each is stopped after this long</param>
internal sealed partial class PythonAudit(Func<string, string?> find, TimeSpan budget)
{
    private const string PipAudit = "pip-audit";
    private const string Safety = "safety";

    public async Task<Answer> Ask(IReadOnlyList<InstalledPackage> packages, CancellationToken cancel)
    {
        var tool = new[] { PipAudit, Safety }.FirstOrDefault(t => find(t) is not null);
        var answer = new Answer(tool ?? PipAudit, Ecosystem.PyPI);
        if (tool is null)
        {
            return answer with { Problem = "is not installed (python3 -m pip install pip-audit)" };
        }

        // Only what is surely a name and a version may become a line of a file that the tool reads.
        var unclear = packages.FirstOrDefault(p => !PackageName().IsMatch(p.Name) || PythonVersion.Parse(p.Version) is null);
        var folder = Directory.CreateTempSubdirectory("advisories-").FullName;
        try
        {
            // One file cannot hold two versions of a package.
            var clear = packages.Where(p => PackageName().IsMatch(p.Name) && PythonVersion.Parse(p.Version) is not null).DistinctBy(p => p.Identity);
            var rounds = clear.GroupBy(p => p.Identity.Name).SelectMany(g => g.Select((package, round) => (package, round))).GroupBy(p => p.round, p => p.package);
            var file = Path.Combine(folder, "requirements.txt");
            foreach (var round in rounds)
            {
                await File.WriteAllLinesAsync(file, round.Select(p => $"{p.Identity.Name}=={p.Version.Trim()}"), cancel).ConfigureAwait(false);
                var (found, problem) = await Ask(tool, folder, file, [.. round], cancel).ConfigureAwait(false);
                answer = answer with { Found = [.. answer.Found, .. found], Problem = answer.Problem ?? problem };
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }

        return unclear is null ? answer : answer with { Problem = answer.Problem ?? $"cannot be asked about {unclear.Name} '{unclear.Version}'" };
    }

    /// <summary>Reads <c>pip-audit --format json</c>. Whatever it was asked about and does not answer is a problem.</summary>
    public static (IReadOnlyList<Vulnerability> Found, string? Problem) ReadPipAudit(string json, IReadOnlyList<InstalledPackage> asked)
    {
        if (Parse(json)?["dependencies"] is not JsonArray dependencies)
        {
            return ([], "gave no answer that can be read");
        }

        var answered = dependencies.OfType<JsonObject>().Where(d => d["vulns"] is JsonArray).ToLookup(d => Ecosystem.PyPI.Normal($"{d["name"]}"));
        var found = from package in asked
                    from dependency in answered[package.Identity.Name]
                    from vulnerability in dependency["vulns"]!.AsArray().OfType<JsonObject>()
                    select new Vulnerability(package, [$"{vulnerability["id"]}", .. Texts(vulnerability["aliases"])], null, FirstFix(package, Texts(vulnerability["fix_versions"])));
        return ([.. found], Unanswered(asked, answered.Contains));
    }

    /// <summary>Reads <c>safety check --json</c>, version 2 or later.</summary>
    public static (IReadOnlyList<Vulnerability> Found, string? Problem) ReadSafety(string json, IReadOnlyList<InstalledPackage> asked)
    {
        var answer = Parse(json);
        if (answer?["vulnerabilities"] is not JsonArray vulnerabilities || answer["scanned_packages"] is not JsonObject scanned)
        {
            return ([], "gave no answer that can be read");
        }

        var found = from vulnerability in vulnerabilities.OfType<JsonObject>()
                    from package in asked
                    where package.Identity.Name == Ecosystem.PyPI.Normal($"{vulnerability["package_name"]}")
                    let ids = new[] { (string?)vulnerability["CVE"], $"safety-{vulnerability["vulnerability_id"]}" }.OfType<string>()
                    select new Vulnerability(package, [.. ids], null, FirstFix(package, Texts(vulnerability["fixed_versions"])));
        var names = scanned.Select(p => Ecosystem.PyPI.Normal(p.Key)).ToHashSet();
        return ([.. found], Unanswered(asked, names.Contains));
    }

    private async Task<(IReadOnlyList<Vulnerability> Found, string? Problem)> Ask(string tool, string folder, string file, IReadOnlyList<InstalledPackage> asked, CancellationToken cancel)
    {
        IReadOnlyList<string> arguments = tool == PipAudit
            ? ["--format", "json", "--progress-spinner", "off", "--no-deps", "--disable-pip", "--requirement", file]
            : ["check", "--json", "--file", file];
        var command = new Command(find(tool)!, arguments, folder) { Timeout = budget, PlainText = true, Environment = new Dictionary<string, string?> { ["LC_ALL"] = "C.UTF-8", ["NO_COLOR"] = "1" } };
        var result = await ChildProcess.Run(command, cancel).ConfigureAwait(false);
        if (result.TimedOut)
        {
            return ([], $"was stopped after {Reporting.Durations.Text(budget)}");
        }

        var start = result.Output.IndexOf('{', StringComparison.Ordinal);
        var json = start < 0 || result.Dropped > 0 ? "" : result.Output[start..];
        var (found, problem) = tool == PipAudit ? ReadPipAudit(json, asked) : ReadSafety(json, asked);
        return problem is null || found.Count > 0 ? (found, problem) : ([], $"{problem}: {Dotnet.Tail(result with { Output = json.Length > 0 ? "" : result.Output })}".TrimEnd(' ', ':'));
    }

    private static string? Unanswered(IReadOnlyList<InstalledPackage> asked, Func<string, bool> isAnswered) =>
        asked.FirstOrDefault(p => !isAnswered(p.Identity.Name)) is { } package ? $"says nothing about {package.Name} {package.Version}" : null;

    private static string? FirstFix(InstalledPackage package, IEnumerable<string> versions)
    {
        var later = versions.Where(v => VersionOrder.CompareToBound(Ecosystem.PyPI, package.Version, v) < 0).ToList();
        later.Sort((a, b) => VersionOrder.Compare(Ecosystem.PyPI, a, b) ?? 0);
        return later.FirstOrDefault();
    }

    private static JsonNode? Parse(string json)
    {
        try
        {
            return JsonNode.Parse(json) as JsonObject;
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static IEnumerable<string> Texts(JsonNode? node) => node is JsonArray array ? array.OfType<JsonValue>().Select(v => v.ToString()) : [];

    [GeneratedRegex(@"^[A-Za-z0-9]([A-Za-z0-9._-]*[A-Za-z0-9])?\z")]
    private static partial Regex PackageName();
}
