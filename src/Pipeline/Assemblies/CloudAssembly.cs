using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;

namespace Pipeline.Assemblies;

/// <summary>What an AWS CDK app synthesised: stacks in their dependency order.</summary>
/// <param name="Folder">path relative to the repository's root</param>
/// <param name="Stacks">also those of stages (nested assemblies)</param>
public sealed record CloudAssembly(string Folder, IReadOnlyList<StackArtifact> Stacks)
{
    private const string Manifest = "manifest.json";

    /// <summary>Reads an assembly.</summary>
    /// <param name="root">the repository's folder</param>
    /// <param name="folder">relative to it</param>
    /// <returns><c>null</c>: nothing was synthesised there</returns>
    /// <exception cref="UsageException">what is there is no assembly</exception>
    public static CloudAssembly? Find(string root, string folder) =>
        File.Exists(Path.Combine(root, folder, Manifest)) ? new CloudAssembly(folder, InOrder(folder, [.. Read(root, folder)])) : null;

    private static IEnumerable<StackArtifact> Read(string root, string folder)
    {
        var artifacts = Json(root, $"{folder}/{Manifest}")["artifacts"] as JsonObject ?? [];
        var stacks = artifacts.Where(a => Type(a.Value) == "aws:cloudformation:stack").ToList();
        var templates = stacks.Select(a => Text(a.Value!["properties"], "templateFile")).OfType<string>().ToHashSet(StringComparer.Ordinal);
        foreach (var (id, artifact) in stacks)
        {
            var assets = artifact!["dependencies"]?.AsArray().Select(d => artifacts[d!.GetValue<string>()]).Where(a => Type(a) == "cdk:asset-manifest")
                .SelectMany(a => AssetFiles.InManifest(Json(root, $"{folder}/{Text(a!["properties"], "file")}"), templates)) ?? [];
            var metadata = Text(artifact, "additionalMetadataFile") is { } file ? Json(root, $"{folder}/{file}") : artifact["metadata"] as JsonObject;
            yield return Stack(folder, id, artifact, stacks.Select(s => s.Key)) with { Assets = [.. assets.Concat(AssetFiles.InMetadata(metadata)).Distinct()] };
        }

        foreach (var nested in artifacts.Where(a => Type(a.Value) == "cdk:cloud-assembly"))
        {
            foreach (var stack in Read(root, $"{folder}/{Text(nested.Value!["properties"], "directoryName")}"))
            {
                yield return stack;
            }
        }
    }

    private static StackArtifact Stack(string folder, string id, JsonNode artifact, IEnumerable<string> ids)
    {
        var properties = artifact["properties"];
        var place = (Text(artifact, "environment") ?? "").Split("://")[^1].Split('/');
        return new StackArtifact(id, Text(properties, "stackName") ?? id, $"{folder}/{Text(properties, "templateFile")}")
        {
            DependsOn = [.. artifact["dependencies"]?.AsArray().Select(d => d!.GetValue<string>()).Where(ids.Contains) ?? []],
            Parameters = Map(properties?["parameters"]),
            Tags = Map(properties?["tags"]),
            Account = place is [var account, _] && account != "unknown-account" ? account : null,
            Region = place is [_, var region] && region != "unknown-region" ? region : null,
            TerminationProtection = properties?["terminationProtection"]?.GetValue<bool>() ?? false,
        };
    }

    /// <summary>Each stack behind those it depends on.</summary>
    private static List<StackArtifact> InOrder(string folder, IReadOnlyList<StackArtifact> stacks)
    {
        if (stacks.GroupBy(s => s.Id).FirstOrDefault(g => g.Count() > 1) is { } twice)
        {
            throw new UsageException($"{folder}: two stacks are called '{twice.Key}'.", new Detail("next", "give them different ids in the app, or point 'assembly' to one stage's folder"));
        }

        var ordered = new List<StackArtifact>();
        while (ordered.Count < stacks.Count)
        {
            var ready = stacks.Except(ordered).Where(s => s.DependsOn.All(d => ordered.Any(o => o.Id == d))).ToList();
            ordered.AddRange(ready.Count > 0 ? ready : throw new UsageException($"{folder}: its stacks depend on each other in a circle: {string.Join(", ", stacks.Except(ordered).Select(s => s.Id))}."));
        }

        return ordered;
    }

    private static JsonObject Json(string root, string path)
    {
        try
        {
            return JsonNode.Parse(File.ReadAllText(Path.Combine(root, path))) as JsonObject ?? throw new UsageException($"{path}: is no part of a cloud assembly.");
        }
        catch (Exception e) when (e is JsonException or IOException)
        {
            throw new UsageException($"{path}: is no part of a cloud assembly: {e.Message}", new Detail("next", "npx cdk synth, then the same command again"));
        }
    }

    private static string? Type(JsonNode? artifact) => Text(artifact, "type");

    private static string? Text(JsonNode? node, string member) => node?[member]?.GetValue<string>();

    private static Dictionary<string, string> Map(JsonNode? node) => (node as JsonObject ?? []).Where(p => p.Value is not null).ToDictionary(p => p.Key, p => p.Value!.ToString());
}
