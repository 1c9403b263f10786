using System.Collections.Concurrent;

namespace Pipeline.Changes;

/// <summary>What one project is built from.</summary>
/// <param name="References">projects it references directly</param>
/// <param name="Files">build files outside its folder that it reads: found by position, or imported</param>
/// <param name="Includes">files and globs that its build files name</param>
/// <param name="Uncertain">what only MSBuild could tell; half a sentence each</param>
internal sealed record ProjectInputs(IReadOnlyList<string> References, IReadOnlyList<string> Files, IReadOnlyList<string> Includes, IReadOnlyList<string> Uncertain);

/// <summary>
/// The projects' graph, read from their XML. It must never miss an edge: conditions are taken as true, and what it can not resolve is reported as
/// uncertain. (MSBuild's own graph takes a minute for 2,000 projects.)
/// </summary>
internal sealed class ProjectGraph(GitTree tree, SourceFiles files)
{
    /// <summary>MSBuild takes the nearest of these and stops; a further one is only read when that one imports it.</summary>
    private static readonly string[] Nearest = ["Directory.Build.props", "Directory.Build.targets", "Directory.Packages.props", "Directory.Build.rsp"];

    /// <summary>Every one of these on the way up has a say.</summary>
    private static readonly string[] Everywhere = ["global.json", "nuget.config", "NuGet.config", "NuGet.Config", ".editorconfig", ".globalconfig"];

    private readonly ConcurrentDictionary<string, ProjectFile?> parsed = [];
    private readonly ConcurrentDictionary<string, ProjectInputs> projects = [];
    private readonly ConcurrentDictionary<string, IReadOnlyList<string>> positions = [];

    /// <summary>Reads the given projects and everything that they reference.</summary>
    public void Read(IEnumerable<string> roots, CancellationToken cancel)
    {
        for (var wave = roots.Distinct().ToList(); wave.Count > 0;)
        {
            Parallel.ForEach(wave, new ParallelOptions { CancellationToken = cancel }, project => projects[project] = Evaluate(project));
            wave = [.. wave.SelectMany(p => projects[p].References).Distinct().Where(p => !projects.ContainsKey(p))];
        }
    }

    public ProjectInputs this[string project] => projects[project];

    /// <summary>The project and all that it references, directly or not; nearest first.</summary>
    public IReadOnlyList<string> Closure(string project)
    {
        var closure = new List<string> { project };
        var seen = new HashSet<string> { project };
        for (var i = 0; i < closure.Count; i++)
        {
            closure.AddRange(projects[closure[i]].References.Where(seen.Add));
        }

        return closure;
    }

    private ProjectInputs Evaluate(string project)
    {
        var folder = MSBuildPath.FolderOf(project);
        var (references, includes, uncertain) = (new HashSet<string>(), new HashSet<string>(), new List<string>());
        var found = new List<string> { project };
        var seen = new HashSet<string>(found);
        found.AddRange(Positions(folder).Where(seen.Add));
        for (var i = 0; i < found.Count; i++)
        {
            var file = found[i];
            if (i > 0 && !IsBuildFile(file))
            {
                continue;
            }

            if (Parse(file) is not { Fault: null } content)
            {
                uncertain.Add(parsed[file] is { Fault: { } fault } ? $"{file}: {fault}" : $"{file} is not in the repository");
                continue;
            }

            var path = new MSBuildPath(tree, project, file);
            foreach (var import in content.Imports)
            {
                found.AddRange(Imported(import, path, uncertain).Where(seen.Add));
            }

            foreach (var reference in content.References)
            {
                references.UnionWith(Referenced(reference, path, folder, uncertain));
            }

            foreach (var include in content.Includes.Where(t => !MSBuildPath.LeadsOutside(t)))
            {
                var resolved = path.Resolve(include, folder);
                if (resolved is { Length: > 0 })
                {
                    includes.Add(resolved);
                }
                else if (resolved is null && include.AsSpan().ContainsAny('/', '\\', '*'))
                {
                    uncertain.Add($"{file} includes '{include}', which only MSBuild can resolve");
                }
            }
        }

        var inFolder = folder.Length == 0 ? "" : folder + '/';
        return new([.. references], [.. found.Where(f => !f.StartsWith(inFolder, StringComparison.Ordinal))], [.. includes], uncertain);
    }

    private List<string> Imported(Import import, MSBuildPath path, List<string> uncertain)
    {
        if (MSBuildPath.LeadsOutside(import.Project))
        {
            return [];
        }

        var resolved = path.Resolve(import.Project, MSBuildPath.FolderOf(path.File));
        if (resolved is null)
        {
            uncertain.Add($"{path.File} imports '{import.Project}', which only MSBuild can resolve");
            return [];
        }

        if (resolved.Contains('*'))
        {
            return Matching(resolved);
        }

        if (tree.Find(resolved) is not null)
        {
            return [resolved];
        }

        if (!import.Conditional)
        {
            uncertain.Add($"{path.File} imports '{import.Project}', which is not in the repository");
        }

        return [];
    }

    private List<string> Referenced(string reference, MSBuildPath path, string folder, List<string> uncertain)
    {
        var resolved = path.Resolve(reference, folder);
        if (resolved is null)
        {
            uncertain.Add($"{path.File} references '{reference}', which only MSBuild can resolve");
            return [];
        }

        if (resolved.Contains('*'))
        {
            return [.. Matching(resolved).Where(p => p != path.Project)];
        }

        if (tree.Find(resolved) is not null)
        {
            return [resolved];
        }

        uncertain.Add($"{path.File} references '{reference}', which is not in the repository");
        return [];
    }

    private List<string> Matching(string glob)
    {
        var filter = PathFilter.Of(new Glob(glob));
        return [.. filter.In(tree).Select(tree.PathText)];
    }

    private ProjectFile? Parse(string path) => parsed.GetOrAdd(path, p => files.Read(p) is { } content ? ProjectFile.Parse(content) : null);

    private static bool IsBuildFile(string path) => Path.GetExtension(path) is not (".rsp" or ".json" or ".config" or ".Config" or ".editorconfig" or ".globalconfig");

    /// <summary>Files that a project finds by position: the nearest of some, all of others.</summary>
    private IReadOnlyList<string> Positions(string folder) => positions.GetOrAdd(folder, f =>
    {
        var above = f.Length == 0 ? [] : Positions(MSBuildPath.FolderOf(f));
        var prefix = f.Length == 0 ? "" : f + '/';
        var nearest = Nearest.Select(n => prefix + n).Where(p => tree.Find(p) is not null).ToList();
        var here = Everywhere.Select(n => prefix + n).Where(p => tree.Find(p) is not null);
        return [.. nearest, .. here, .. above.Where(a => !nearest.Exists(n => Path.GetFileName(n) == Path.GetFileName(a)))];
    });
}
