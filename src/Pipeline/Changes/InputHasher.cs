using System.Security.Cryptography;
using System.Text;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Changes;

/// <summary>What one service is built from now.</summary>
/// <param name="Uncertain">why the whole repository is among its inputs; half a sentence each</param>
internal sealed record HashedService(ServiceSettings Service, IReadOnlyList<Part> Parts, ServiceInputs Inputs, IReadOnlyList<string> Uncertain);

/// <summary>Hashes the inputs of all services of one tree.</summary>
internal sealed class InputHasher
{
    /// <summary>To be raised when the image builder makes another image of the same inputs.</summary>
    public const string ImageFormat = "1";

    private readonly GitTree tree;
    private readonly ProjectGraph graph;
    private readonly SourceFiles files;
    private readonly List<Glob> ignored;
    private readonly bool[] owned;
    private readonly Dictionary<string, Part> parts = [];
    private readonly Dictionary<string, List<int>> links = [];

    private InputHasher(GitTree tree, SourceFiles files, PipelineConfiguration configuration)
    {
        this.tree = tree;
        this.files = files;
        graph = new ProjectGraph(tree, files);
        ignored = [.. configuration.IgnoredInputs.Select(g => new Glob(g))];
        owned = new bool[tree.Count];
        // The pipeline's own files and the templates: configuration and stacks are compared elsewhere.
        foreach (var path in configuration.Stacks.Select(s => s.Template).Concat(configuration.Stacks.Select(s => s.Policy).OfType<string>()).Append(configuration.File).Append("pipeline.schema.json"))
        {
            if (tree.Find(path) is { } index)
            {
                owned[index] = true;
            }
        }

        if (configuration.Assembly is { } assembly)
        {
            owned.AsSpan(tree.Below(assembly.Folder)).Fill(true);
        }
    }

    /// <exception cref="UsageException">a service's project is not in git</exception>
    public static Ownership Hash(PipelineConfiguration configuration, GitTree tree, SourceFiles files, string treeId, CancellationToken cancel)
    {
        var hasher = new InputHasher(tree, files, configuration);
        foreach (var service in configuration.Services.Where(s => s.Project is not null && tree.Find(s.Project) is null))
        {
            throw new UsageException($"services.{service.Name}.project: '{service.Project}' is not in git", new Detail("next", $"git check-ignore -v {service.Project}"));
        }

        hasher.graph.Read(configuration.Services.Select(s => s.Project).OfType<string>(), cancel);
        var own = configuration.Services.Select(s => hasher.PartsOf(s, configuration.GlobalInputs, treeId)).ToList();
        var unowned = new Part(Part.Unowned, hasher.HashOf(hasher.UnownedIndexes()), null);
        return new Ownership(
            [.. own.Select(s => new HashedService(s.Service, [.. s.Parts, unowned], Sum([.. s.Parts, unowned]), s.Uncertain))],
            hasher.ignored,
            tree,
            hasher.owned);
    }

    private (ServiceSettings Service, List<Part> Parts, IReadOnlyList<string> Uncertain) PartsOf(ServiceSettings service, IEnumerable<string> globalInputs, string treeId)
    {
        var closure = service.Project is { } published ? graph.Closure(published) : [];
        var inputs = closure.Select(p => graph[p]).ToList();
        var found = new Dictionary<string, Part>();
        var own = Get(Part.Folder + service.Path, () => PathFilter.Of(service.Path, service.Project ?? "", ignored, service.Project is null ? [] : Kept(service.Project)));
        found[own.Name] = own;
        foreach (var project in closure.Where(p => MSBuildPath.FolderOf(p) != service.Path))
        {
            Add(found, Part.Project + project, () => PathFilter.Of(MSBuildPath.FolderOf(project), project, ignored, Kept(project)));
        }

        foreach (var file in inputs.SelectMany(i => i.Files))
        {
            Add(found, Part.File + file, () => PathFilter.Of(file));
        }

        foreach (var (project, include) in closure.SelectMany(p => graph[p].Includes.Select(i => (p, i))).Where(pair => !IsBelow(pair.i, MSBuildPath.FolderOf(pair.p))))
        {
            AddInclude(found, include);
        }

        foreach (var glob in service.Inputs.Concat(globalInputs))
        {
            Add(found, Part.Inputs + glob, () => PathFilter.Of(new Glob(glob)));
        }

        if (service.Docker is { } docker)
        {
            Add(found, Part.File + docker.Dockerfile, () => PathFilter.Of(docker.Dockerfile));
            if (docker.Context != service.Path)
            {
                Add(found, Part.Folder + docker.Context, () => PathFilter.Of(docker.Context, "", ignored, []));
            }
        }

        AddLinks(found);
        var uncertain = inputs.SelectMany(i => i.Uncertain).Distinct().ToList();
        return (service, [.. found.Values, .. Settings(service), .. uncertain.Count > 0 ? [new Part(Part.Everything, treeId, null)] : Array.Empty<Part>()], uncertain);
    }

    /// <summary>What a project's build files name inside its folder counts even where it is ignored; so does what a web project publishes.</summary>
    private IEnumerable<string> Kept(string project)
    {
        var folder = MSBuildPath.FolderOf(project);
        return graph[project].Includes.Where(i => IsBelow(i, folder)).Append(folder.Length == 0 ? "wwwroot/**" : $"{folder}/wwwroot/**");
    }

    private void AddInclude(Dictionary<string, Part> found, string include)
    {
        if (include.Contains('*') || include.Contains('?'))
        {
            Add(found, Part.Files + include, () => PathFilter.Of(new Glob(include)));
        }
        else if (tree.Find(include) is not null)
        {
            Add(found, Part.File + include, () => PathFilter.Of(include));
        }
    }

    /// <summary>A symbolic link's content is its target's name; what the target holds is an input as well.</summary>
    private void AddLinks(Dictionary<string, Part> found)
    {
        foreach (var index in found.Values.Where(p => p.Filter is not null).SelectMany(p => links.GetValueOrDefault(p.Name, [])).ToList())
        {
            var path = tree.PathText(index);
            var target = Encoding.UTF8.GetString(files.Read(path)!);
            if (new MSBuildPath(tree, path, path).Resolve(target, MSBuildPath.FolderOf(path)) is { Length: > 0 } resolved && !target.StartsWith('/'))
            {
                if (tree.Find(resolved) is not null)
                {
                    Add(found, Part.File + resolved, () => PathFilter.Of(resolved));
                }
                else if (found.Values.All(p => p.Filter is null || !p.Filter.Covers(resolved + "/.")))
                {
                    Add(found, Part.Folder + resolved, () => PathFilter.Of(resolved, "", ignored, []));
                }
            }
        }
    }

    private void Add(Dictionary<string, Part> found, string name, Func<PathFilter> filter)
    {
        if (!found.ContainsKey(name))
        {
            found[name] = Get(name, filter);
        }
    }

    private Part Get(string name, Func<PathFilter> filter)
    {
        if (parts.TryGetValue(name, out var part))
        {
            return part;
        }

        var covering = filter();
        var indexes = covering.In(tree).ToList();
        foreach (var index in indexes)
        {
            owned[index] = true;
            if (tree.IsSymbolicLink(index))
            {
                (links.TryGetValue(name, out var list) ? list : links[name] = []).Add(index);
            }
        }

        return parts[name] = new Part(name, HashOf(indexes), covering);
    }

    private IEnumerable<int> UnownedIndexes() => Enumerable.Range(0, tree.Count).Where(i => !owned[i] && !PathFilter.Any(ignored, tree.Path(i)));

    /// <summary>Only settings that shape the image: another health path makes the same image.</summary>
    private static Part[] Settings(ServiceSettings service) =>
    [
        new(Part.BaseImage, service.BaseImage ?? "none", null),
        new(Part.Settings, Hex(ImageSettings(service)), null),
        new(Part.Format, ImageFormat, null),
    ];

    private static string ImageSettings(ServiceSettings service) => $"{service.Builder}\n{service.Project}\n{service.Repository}" + service switch
    {
        { Docker: { } docker } => $"\n{docker.Dockerfile}\n{docker.Context}\n{docker.Target}\n{docker.Platform}\n{string.Join('\n', docker.Arguments.OrderBy(a => a.Key, StringComparer.Ordinal))}\n{string.Join('\n', docker.Secrets.Keys.Order(StringComparer.Ordinal))}",
        { Builder: Builder.Files } => $"\n{string.Join('\n', service.EntryPoint)}",
        _ => "",
    };

    private static ServiceInputs Sum(IReadOnlyCollection<Part> parts)
    {
        var sorted = parts.OrderBy(p => p.Name, StringComparer.Ordinal).ToList();
        return new(Hex(string.Concat(sorted.Select(p => $"{p.Name}\0{p.Hash}\n"))), sorted.ToDictionary(p => p.Name, p => p.Hash));
    }

    private string HashOf(IEnumerable<int> indexes)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var (from, to) = (0, 0);
        foreach (var index in indexes)
        {
            // A call for each row would cost more than the hashing.
            if (index != to)
            {
                hash.AppendData(tree.Rows(from..to));
                from = index;
            }

            to = index + 1;
        }

        hash.AppendData(tree.Rows(from..to));
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }

    private static bool IsBelow(string path, string folder) => folder.Length == 0 || path.StartsWith(folder + '/', StringComparison.Ordinal);

    private static string Hex(string text) => Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(text)));
}
