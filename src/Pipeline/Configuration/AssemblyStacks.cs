using Pipeline.Assemblies;
using Pipeline.Outcomes;

namespace Pipeline.Configuration;

/// <summary>Stacks of a cloud assembly beside those of the file.</summary>
internal static class AssemblyStacks
{
    /// <summary>The assemblies that are there.</summary>
    /// <param name="folders">environment → its assembly's folder, <c>null</c> where it has none</param>
    public static IReadOnlyDictionary<string, CloudAssembly> Read(string root, IReadOnlyDictionary<string, string?> folders) => folders
        .Where(f => f.Value is not null)
        .Select(f => (f.Key, Assembly: CloudAssembly.Find(root, f.Value!)))
        .Where(f => f.Assembly is not null)
        .ToDictionary(f => f.Key, f => f.Assembly!);

    /// <summary>The file's stacks with what the assembly knows of them, then the assembly's other ones. Without an assembly those that need one are left out.</summary>
    /// <exception cref="UsageException">file and assembly say two things about one stack</exception>
    public static IReadOnlyList<StackSettings> Merge(IReadOnlyList<StackSettings> stacks, CloudAssembly? assembly)
    {
        var artifacts = assembly?.Stacks.ToDictionary(s => s.Id) ?? [];
        if (stacks.FirstOrDefault(s => s.Template.Length > 0 && artifacts.ContainsKey(s.Name)) is { } both)
        {
            throw new UsageException($"{ConfigurationLoader.FileName}: stacks.{both.Name} has a template, and assembly '{assembly!.Folder}' has a stack of that name.", new Detail("next", "rename one of them, or remove the template"));
        }

        return
        [
            .. stacks.Where(s => s.Template.Length > 0 || artifacts.ContainsKey(s.Name)).Select(s => artifacts.TryGetValue(s.Name, out var artifact) ? Joined(s, artifact) : s),
            .. artifacts.Values.Where(a => stacks.All(s => s.Name != a.Id)).Select(a => Joined(new StackSettings(a.Id, "", [], new Dictionary<string, string>()), a)),
        ];
    }

    private static StackSettings Joined(StackSettings stack, StackArtifact artifact) =>
        stack with { Template = artifact.Template, DependsOn = [.. stack.DependsOn.Union(artifact.DependsOn)], Artifact = artifact };
}
