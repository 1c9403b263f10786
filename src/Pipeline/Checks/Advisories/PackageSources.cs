using System.Text.Json;
using System.Text.Json.Nodes;
using System.Xml;
using System.Xml.Linq;
using Pipeline.Processes;

namespace Pipeline.Checks.Advisories;

/// <summary>Whether the configured package sources have vulnerability data. Without it, "no vulnerable packages" means nothing.</summary>
internal static class PackageSources
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(10);

    /// <returns>why advisories cannot be evaluated; <c>null</c>: a source has the data</returns>
    public static async Task<string?> WhyNotEvaluable(string root, CancellationToken cancel)
    {
        var list = await ChildProcess.Run(Dotnet.Command(root, "nuget", "list", "source", "--format", "short"), cancel).ConfigureAwait(false);
        var sources = list.Output.Split('\n').Select(l => l.Trim()).Where(l => l.StartsWith("E ", StringComparison.Ordinal)).Select(l => l[2..].Trim());
        var web = sources.Concat(AuditSources(root)).Where(s => Uri.TryCreate(s, UriKind.Absolute, out var uri) && uri.Scheme is "http" or "https").Distinct().ToList();
        if (web.Count == 0)
        {
            return "no package source with vulnerability data is configured";
        }

        using var client = new HttpClient { Timeout = Deadline };
        string? unreachable = null;
        foreach (var source in web)
        {
            try
            {
                if (HasVulnerabilityData(JsonNode.Parse(await client.GetStringAsync(new Uri(source), cancel).ConfigureAwait(false))))
                {
                    return null;
                }
            }
            catch (Exception e) when (!cancel.IsCancellationRequested && e is HttpRequestException or TaskCanceledException or JsonException)
            {
                unreachable ??= "the package source cannot be reached";
            }
        }

        return unreachable ?? "the package source has no vulnerability data";
    }

    internal static bool HasVulnerabilityData(JsonNode? index) =>
        index?["resources"] is JsonArray resources && resources.Any(r => Types(r?["@type"]).Any(t => t.StartsWith("VulnerabilityInfo/", StringComparison.Ordinal)));

    private static IEnumerable<string> Types(JsonNode? type) => type switch
    {
        JsonArray many => many.Select(t => (string?)t ?? ""),
        JsonValue one => [one.ToString()],
        _ => [],
    };

    private static IEnumerable<string> AuditSources(string root)
    {
        var file = Directory.EnumerateFiles(root).FirstOrDefault(f => Path.GetFileName(f).Equals("nuget.config", StringComparison.OrdinalIgnoreCase));
        try
        {
            return file is null ? [] : [.. XDocument.Load(file).Descendants("auditSources").Elements("add").Select(a => (string?)a.Attribute("value") ?? "")];
        }
        catch (XmlException)
        {
            return [];
        }
    }
}
