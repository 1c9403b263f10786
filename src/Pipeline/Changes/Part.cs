namespace Pipeline.Changes;

/// <summary>One thing that a service is built from. Its name is recorded with a deployment and read by people, so it says what it is.</summary>
/// <param name="Filter">the files it consists of; <c>null</c>: no files</param>
internal sealed record Part(string Name, string Hash, PathFilter? Filter)
{
    public const string Folder = "folder ";
    public const string Project = "project ";
    public const string File = "file ";
    public const string Files = "files ";
    public const string Inputs = "inputs ";
    public const string BaseImage = "base image";
    public const string Settings = "build settings";
    public const string Format = "image format";
    public const string Unowned = "unowned files";
    public const string Everything = "the whole repository";

    /// <summary>What a part of this name covered when it was recorded; its own rules are not known any more, so: all of it but what is ignored everywhere.</summary>
    public static PathFilter? FilterOf(string name, IReadOnlyList<Glob> ignored) => Subject(name) switch
    {
        (Folder, var folder) => PathFilter.Of(folder, "", ignored, []),
        (Project, var project) => PathFilter.Of(MSBuildPath.FolderOf(project), project, ignored, []),
        (File, var file) => PathFilter.Of(file),
        (Files or Inputs, var glob) => PathFilter.Of(new Glob(glob)),
        _ => null,
    };

    /// <summary>The name taken apart: its kind, and the path or glob.</summary>
    public static (string Kind, string Of) Subject(string name) =>
        new[] { Folder, Project, File, Files, Inputs }.FirstOrDefault(k => name.StartsWith(k, StringComparison.Ordinal)) is { } kind ? (kind, name[kind.Length..]) : (name, "");
}
