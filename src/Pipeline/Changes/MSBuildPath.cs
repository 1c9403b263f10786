namespace Pipeline.Changes;

/// <summary>
/// Resolves paths as written in build files, without MSBuild: the properties that stand for a place, and the functions that search upwards.
/// Answers are relative to the repository's top folder.
/// </summary>
/// <param name="Tree">where files are looked for</param>
/// <param name="Project">path of the project that is evaluated</param>
/// <param name="File">path of the file that the text stands in</param>
internal sealed record MSBuildPath(GitTree Tree, string Project, string File)
{
    /// <summary>Properties that lead out of the sources: build output, the SDK, restored packages.</summary>
    private static readonly string[] Outside =
    [
        "MSBuildExtensionsPath", "MSBuildToolsPath", "MSBuildBinPath", "MSBuildSDKsPath", "MSBuildProjectExtensionsPath", "NuGetPackageRoot", "NuGetPackageFolders", "VSToolsPath",
        "OutDir", "OutputPath", "BaseOutputPath", "PublishDir", "TargetDir", "TargetPath", "IntermediateOutputPath", "BaseIntermediateOutputPath", "Pkg", "ArtifactsPath",
    ];

    public static string FolderOf(string path) => path.LastIndexOf('/') is var slash and >= 0 ? path[..slash] : "";

    /// <summary>Whether the text begins with a property that leads out of the sources, or takes other items' results.</summary>
    public static bool LeadsOutside(string text) =>
        text.Contains("@(", StringComparison.Ordinal) || text.Contains("%(", StringComparison.Ordinal) || Outside.Any(o => text.StartsWith($"$({o}", StringComparison.Ordinal));

    /// <summary>The path or glob relative to the top; empty when it lies outside the repository; <c>null</c> when only MSBuild could tell.</summary>
    /// <param name="relativeTo">folder that a relative path starts from</param>
    public string? Resolve(string text, string relativeTo)
    {
        // Rooted paths are relative to the repository here: "/" is its top folder.
        var path = text.Trim().Replace('\\', '/')
            .Replace("$(MSBuildThisFileDirectory)", Rooted(FolderOf(File)), StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildProjectDirectory)", Rooted(FolderOf(Project)).TrimEnd('/'), StringComparison.OrdinalIgnoreCase)
            .Replace("$(MSBuildProjectName)", System.IO.Path.GetFileNameWithoutExtension(Project), StringComparison.OrdinalIgnoreCase);
        path = Search(path);
        if (path is null || path.Contains("$(", StringComparison.Ordinal))
        {
            return null;
        }

        return Normalize(path.StartsWith('/') ? path : $"/{relativeTo}/{path}");
    }

    private static string Rooted(string folder) => folder.Length == 0 ? "/" : $"/{folder}/";

    private string? Search(string path)
    {
        const string File = "$([MSBuild]::GetPathOfFileAbove(";
        const string Folder = "$([MSBuild]::GetDirectoryNameOfFileAbove(";
        while (true)
        {
            var isFile = path.IndexOf(File, StringComparison.OrdinalIgnoreCase);
            var start = isFile >= 0 ? isFile : path.IndexOf(Folder, StringComparison.OrdinalIgnoreCase);
            if (start < 0)
            {
                return path;
            }

            var arguments = start + (isFile >= 0 ? File.Length : Folder.Length);
            var end = path.IndexOf("))", arguments, StringComparison.Ordinal);
            if (end < 0)
            {
                return null;
            }

            var words = path[arguments..end].Split(',').Select(w => w.Trim(' ', '\'', '"', '`')).ToArray();
            var (name, from) = isFile >= 0 ? (words[0], words.ElementAtOrDefault(1) ?? Rooted(FolderOf(this.File))) : (words.ElementAtOrDefault(1) ?? "", words[0]);
            if (name.Contains('$') || from.Contains('$'))
            {
                return null;
            }

            // Not found is the empty text to MSBuild: nothing is imported.
            var found = Normalize(from) is { } folder ? Above(folder, name) : null;
            path = path[..start] + (found is null ? "" : Rooted(isFile >= 0 ? found : FolderOf(found)).TrimEnd('/')) + path[(end + 2)..];
        }
    }

    private string? Above(string folder, string name)
    {
        while (true)
        {
            var candidate = folder.Length == 0 ? name : $"{folder}/{name}";
            if (Tree.Find(candidate) is not null)
            {
                return candidate;
            }

            if (folder.Length == 0)
            {
                return null;
            }

            folder = FolderOf(folder);
        }
    }

    /// <summary>Without <c>.</c> and <c>..</c>; empty when it climbs above the top.</summary>
    private static string? Normalize(string path)
    {
        var parts = new List<string>();
        foreach (var part in path.Split('/', StringSplitOptions.RemoveEmptyEntries))
        {
            if (part == "..")
            {
                if (parts.Count == 0)
                {
                    return "";
                }

                parts.RemoveAt(parts.Count - 1);
            }
            else if (part != ".")
            {
                parts.Add(part);
            }
        }

        return string.Join('/', parts);
    }
}
