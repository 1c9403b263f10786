using System.Xml;

namespace Pipeline.Changes;

/// <summary>What one project file, or a file it imports, says about other files; as written, not yet resolved.</summary>
/// <param name="References">projects</param>
/// <param name="Imports">further build files</param>
/// <param name="Includes">files that become part of the output</param>
/// <param name="Fault">why it could not be read; everything else is empty then</param>
internal sealed record ProjectFile(IReadOnlyList<string> References, IReadOnlyList<Import> Imports, IReadOnlyList<string> Includes, string? Fault)
{
    /// <summary>Items whose names are no files.</summary>
    private static readonly HashSet<string> NotFiles =
    [
        "PackageReference", "PackageVersion", "GlobalPackageReference", "PackageDownload", "FrameworkReference", "Reference", "Using", "InternalsVisibleTo",
        "AssemblyAttribute", "AssemblyMetadata", "SupportedPlatform", "KnownFrameworkReference", "RuntimeHostConfigurationOption", "TrimmerRootAssembly",
        "ContainerPort", "ContainerEnvironmentVariable", "ContainerLabel", "ProjectCapability", "Service",
    ];

    private static readonly XmlReaderSettings Settings = new() { DtdProcessing = DtdProcessing.Prohibit, IgnoreComments = true, IgnoreWhitespace = true, XmlResolver = null };

    public static ProjectFile Parse(byte[] content)
    {
        var references = new List<string>();
        var imports = new List<Import>();
        var includes = new List<string>();
        try
        {
            using var reader = XmlReader.Create(new MemoryStream(content), Settings);
            var groups = new Stack<string>();
            while (reader.Read())
            {
                switch (reader.NodeType)
                {
                    case XmlNodeType.Element:
                        Read(reader, groups, references, imports, includes);
                        if (!reader.IsEmptyElement)
                        {
                            groups.Push(reader.LocalName);
                        }

                        break;
                    case XmlNodeType.EndElement:
                        groups.Pop();
                        break;
                    case XmlNodeType.Text when IsPathAbove(reader.Value) || groups.Peek() == "HintPath":
                        // A key file, a rule set, an icon, a library beside its project.
                        includes.Add(reader.Value);
                        break;
                }
            }
        }
        catch (XmlException e)
        {
            return new([], [], [], $"line {e.LineNumber} is no XML");
        }

        return new(references, imports, includes, null);
    }

    private static void Read(XmlReader reader, Stack<string> groups, List<string> references, List<Import> imports, List<string> includes)
    {
        if (reader.LocalName == "Import")
        {
            if (reader.GetAttribute("Project") is { } project && reader.GetAttribute("Sdk") is null)
            {
                imports.Add(new Import(project, reader.GetAttribute("Condition") is not null));
            }

            return;
        }

        if (groups.TryPeek(out var group) && group == "ItemGroup" && reader.GetAttribute("Include") is { } include)
        {
            if (reader.LocalName == "ProjectReference")
            {
                references.AddRange(Split(include));
            }
            else if (!NotFiles.Contains(reader.LocalName))
            {
                includes.AddRange(Split(include));
            }
        }
    }

    private static bool IsPathAbove(string value) => value.AsSpan().TrimStart() is var text && (text.StartsWith("../") || text.StartsWith("..\\") || text.Contains(")..", StringComparison.Ordinal));

    private static string[] Split(string include) => include.Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
}

/// <summary>An imported build file.</summary>
/// <param name="Conditional">it may well be absent</param>
internal sealed record Import(string Project, bool Conditional);
