using System.Xml;
using System.Xml.Linq;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>Which projects a project is built from, read from the project files; paths relative to the root, with <c>/</c>.</summary>
internal sealed class ProjectClosure(string root)
{
    private readonly Dictionary<string, ProjectFile> _projects = new(StringComparer.Ordinal);

    /// <summary>The project and everything that it refers to, directly or not.</summary>
    public IReadOnlySet<string> Of(string project)
    {
        var closure = new HashSet<string>(StringComparer.Ordinal);
        var open = new Stack<string>([Normal(project)]);
        while (open.TryPop(out var next))
        {
            if (closure.Add(next))
            {
                foreach (var reference in Read(next).References)
                {
                    open.Push(reference);
                }
            }
        }

        return closure;
    }

    public bool IsTest(string project) => Read(Normal(project)).IsTest;

    public string Normal(string project) => Path.GetRelativePath(root, Path.GetFullPath(Path.Combine(root, project.Replace('\\', '/')))).Replace('\\', '/');

    private ProjectFile Read(string project)
    {
        if (_projects.TryGetValue(project, out var known))
        {
            return known;
        }

        var folder = Path.GetDirectoryName(Path.Combine(root, project))!;
        var xml = Load(project);
        var references = Values(xml, "ProjectReference").Select(r => Normal(Path.Combine(folder, r.Replace("$(MSBuildThisFileDirectory)", "", StringComparison.Ordinal).Replace('\\', '/'))));
        var isTest = Values(xml, "PackageReference").Contains("Microsoft.NET.Test.Sdk", StringComparer.OrdinalIgnoreCase)
            || xml.Descendants().Any(e => e.Name.LocalName == "IsTestProject" && e.Value.Trim().Equals("true", StringComparison.OrdinalIgnoreCase));
        return _projects[project] = new ProjectFile([.. references], isTest);
    }

    private XDocument Load(string project)
    {
        try
        {
            return XDocument.Load(Path.Combine(root, project));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or XmlException)
        {
            throw new PipelineException(ExitCode.Usage, $"Cannot read the project '{project}': {e.Message}");
        }
    }

    private static IEnumerable<string> Values(XDocument xml, string item) =>
        xml.Descendants().Where(e => e.Name.LocalName == item)
            .SelectMany(e => ((string?)e.Attribute("Include") ?? "").Split(';', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));

    private sealed record ProjectFile(IReadOnlyList<string> References, bool IsTest);
}
