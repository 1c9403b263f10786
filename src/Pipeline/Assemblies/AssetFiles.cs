using System.Text.Json.Nodes;

namespace Pipeline.Assemblies;

/// <summary>Finds what a stack needs beside its template.</summary>
internal static class AssetFiles
{
    /// <summary>In an asset manifest (<c>*.assets.json</c>), which lists the templates as well.</summary>
    /// <param name="templates">file names of the stacks' own templates</param>
    public static IEnumerable<Asset> InManifest(JsonObject manifest, IReadOnlySet<string> templates)
    {
        foreach (var (id, file) in manifest["files"] as JsonObject ?? [])
        {
            var path = Path(file);
            if (path is null || !templates.Contains(path))
            {
                yield return new Asset(false, Name(file, path ?? id));
            }
        }

        foreach (var (id, image) in manifest["dockerImages"] as JsonObject ?? [])
        {
            yield return new Asset(true, Name(image, image?["source"]?["directory"]?.GetValue<string>() ?? id));
        }
    }

    /// <summary>In a stack's metadata, where apps without asset manifests name them.</summary>
    public static IEnumerable<Asset> InMetadata(JsonObject? metadata) => (metadata ?? [])
        .SelectMany(path => path.Value as JsonArray ?? [])
        .Where(entry => entry?["type"]?.GetValue<string>() == "aws:cdk:asset")
        .Select(entry => entry!["data"])
        .Select(data => new Asset(data?["packaging"]?.GetValue<string>() == "container-image", data?["path"]?.GetValue<string>() ?? data?["id"]?.GetValue<string>() ?? "without a name"));

    private static string? Path(JsonNode? file) => file?["source"]?["path"]?.GetValue<string>();

    private static string Name(JsonNode? asset, string fallback) => asset?["displayName"]?.GetValue<string>() ?? fallback;
}
