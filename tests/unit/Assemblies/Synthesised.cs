using Pipeline.Assemblies;

namespace Pipeline.Tests.Assemblies;

/// <summary>A folder with a cloud assembly in it.</summary>
internal sealed class Synthesised : IDisposable
{
    public string Root { get; } = Directory.CreateTempSubdirectory("assembly-").FullName;

    public Synthesised With(string file, string content)
    {
        var path = Path.Combine(Root, "cdk.out", file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, content);
        return this;
    }

    /// <summary>A manifest with these artifacts: name, JSON.</summary>
    public Synthesised Artifacts(params (string Id, string Json)[] artifacts) => In("", artifacts);

    public Synthesised In(string folder, params (string Id, string Json)[] artifacts) =>
        With($"{folder}manifest.json", $$$"""{"version":"48.0.0","artifacts":{ {{{string.Join(",", artifacts.Select(a => $"\"{a.Id}\":{a.Json}"))}}} } }""");

    public static (string, string) Stack(string id, string more = "", string properties = "") =>
        (id, $$"""{"type":"aws:cloudformation:stack","properties":{"templateFile":"{{id}}.template.json"{{properties}} }{{more}} }""");

    public CloudAssembly Read() => CloudAssembly.Find(Root, "cdk.out")!;

    public void Dispose() => Directory.Delete(Root, recursive: true);
}
