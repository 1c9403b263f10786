using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Processes;

namespace Pipeline.Checks.Advisories;

/// <summary>Asks the package sources of .NET, but believes a clean answer only where one of them has vulnerability data.</summary>
internal static class NuGetAudit
{
    private const string Source = "dotnet list package --vulnerable";

    public static async Task<Answer> Ask(string root, IReadOnlyList<string> projects, TimeSpan budget, CancellationToken cancel)
    {
        var answer = new Answer(Source, Ecosystem.NuGet) { Resolves = true };
        if (await PackageSources.WhyNotEvaluable(root, cancel).ConfigureAwait(false) is { } reason)
        {
            return answer with { Problem = reason };
        }

        foreach (var project in projects)
        {
            var (found, problem) = await Ask(root, project, budget, cancel).ConfigureAwait(false);
            answer = answer with { Found = [.. answer.Found, .. found], Problem = answer.Problem ?? problem };
        }

        return answer;
    }

    /// <summary>Restores a project, so that it is known what it has.</summary>
    /// <returns>why that was not possible; <c>null</c>: it was</returns>
    public static async Task<string?> Restore(string root, string project, TimeSpan budget, CancellationToken cancel) =>
        Unrestored(project, await ChildProcess.Run(Dotnet.Command(root, "restore", project, "-v", "quiet", "-p:NuGetAudit=false") with { Timeout = budget }, cancel).ConfigureAwait(false));

    /// <summary>Reads the answer of <c>dotnet list package --vulnerable --format json</c>; the project's file stands for the lock file.</summary>
    public static (IReadOnlyList<Vulnerability> Found, string? Problem) Read(string root, string json)
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

        var found =
            from project in Items(answer["projects"])
            from framework in Items(project["frameworks"])
            from package in Items(framework["topLevelPackages"]).Concat(Items(framework["transitivePackages"]))
            from advisory in Items(package["vulnerabilities"])
            let installed = new InstalledPackage(Ecosystem.NuGet, $"{package["id"]}", $"{package["resolvedVersion"]}", Dotnet.Relative(root, (string?)project["path"] ?? ""), null)
            select new Vulnerability(installed, [Id((string?)advisory["advisoryurl"] ?? "")], Severities.Word((string?)advisory["severity"]), null);
        return ([.. found], null);
    }

    /// <summary>An advisory's id stands at the end of its address.</summary>
    public static string Id(string address) => address[(address.TrimEnd('/').LastIndexOf('/') + 1)..].TrimEnd('/') is { Length: > 0 } id ? id : "an advisory without a name";

    private static async Task<(IReadOnlyList<Vulnerability> Found, string? Problem)> Ask(string root, string project, TimeSpan budget, CancellationToken cancel)
    {
        var restore = await ChildProcess.Run(Dotnet.Command(root, "restore", project, "-v", "quiet") with { Timeout = budget }, cancel).ConfigureAwait(false);
        if (Unrestored(project, restore) is { } unrestored)
        {
            return ([], unrestored);
        }

        if ((restore.Output + restore.Error).Contains("NU1900", StringComparison.Ordinal))
        {
            return ([], "the package source did not give its vulnerability data (NU1900)");
        }

        var command = Dotnet.Command(root, "list", project, "package", "--vulnerable", "--include-transitive", "--format", "json") with { Timeout = budget };
        var list = await ChildProcess.Run(command, cancel).ConfigureAwait(false);
        var start = list.Output.IndexOf('{', StringComparison.Ordinal);
        var answer = Read(root, start < 0 ? "" : list.Output[start..]);
        return answer.Problem is null && list.ExitCode != 0 ? ([], $"the packages could not be checked: {Dotnet.Tail(list)}") : answer;
    }

    private static string? Unrestored(string project, CommandResult restore) =>
        restore.TimedOut ? $"packages of {project} were not restored in time"
        : restore.ExitCode != 0 ? $"packages of {project} cannot be restored: {Dotnet.Tail(restore)}"
        : null;

    private static IEnumerable<JsonNode> Items(JsonNode? node) => node is JsonArray array ? array.OfType<JsonNode>() : [];
}
