using Pipeline.Configuration;

namespace Pipeline.Checks.Tools;

/// <summary>Python code that has one configuration.</summary>
/// <param name="Folder">nearest folder with a configuration of the tools, where they are started; relative to the root</param>
/// <param name="Paths">services' folders and suites, relative to that folder</param>
/// <param name="Files">in them, relative to that folder</param>
internal sealed record PythonProject(string Folder, IReadOnlyList<string> Paths, IReadOnlyList<string> Files)
{
    private const int AtOnce = 500;

    /// <summary>As many as a command line surely takes; none of them can be mistaken for an option.</summary>
    public IEnumerable<string[]> Batches => Files.Select(f => $"./{f}").Chunk(AtOnce);

    /// <summary>Its paths as a person types them at the root.</summary>
    public string Typed => string.Join(' ', Paths.Select(p => RepositoryFiles.Normal($"{Folder}/{p}")).Select(p => p.Length == 0 ? "." : p.Contains(' ', StringComparison.Ordinal) ? $"'{p}'" : p));

    /// <summary>A file as a tool calls it, relative to the root.</summary>
    public string Place(string root, string file) => Dotnet.Relative(root, Path.GetFullPath(Path.Combine(root, Folder, file)));
}

/// <summary>Which Python code a scope means.</summary>
internal sealed class PythonCode(PipelineConfiguration configuration, CheckScope scope, RepositoryFiles files)
{
    private static readonly string[] Configurations = ["pyproject.toml", "setup.cfg", "tox.ini", ".flake8", ".isort.cfg"];

    /// <summary>The affected Python services' folders, and the pytest and Locust suites that test affected services.</summary>
    public IReadOnlyList<PythonProject> All => Projects([.. Services, .. Suites], []);

    /// <summary>The services' own code without their suites: a test may assert, and call whatever it likes.</summary>
    public IReadOnlyList<PythonProject> Own => Projects(Services, [.. configuration.Checks.Suites.Where(IsPython).Select(s => RepositoryFiles.Normal(s.Path))]);

    private List<string> Services =>
        [.. configuration.Services.Where(s => s.Toolchain == Toolchain.Python && (scope.WholeRepository || scope.Services.Contains(s.Name))).Select(s => RepositoryFiles.Normal(s.Path))];

    private IEnumerable<string> Suites => configuration.Checks.Suites
        .Where(s => IsPython(s) && (scope.WholeRepository || s.Services.Any(scope.Services.Contains) || (s.AgainstDeployment && s.Services.Count == 0)))
        .Select(s => RepositoryFiles.Normal(s.Path));

    private static bool IsPython(SuiteSettings suite) => suite.Tool is SuiteTool.Pytest or SuiteTool.Locust;

    private List<PythonProject> Projects(List<string> paths, List<string> without)
    {
        var outermost = paths.Distinct().Where(p => !paths.Exists(other => other != p && RepositoryFiles.IsIn(other, p))).Order(StringComparer.Ordinal);
        return [.. outermost.GroupBy(Home).Select(g => Project(g.Key, [.. g], without)).Where(p => p.Files.Count > 0)];
    }

    private PythonProject Project(string home, List<string> paths, List<string> without) => new(
        home,
        [.. paths.Select(p => Below(home, p))],
        [.. files.Paths.Where(f => IsCode(f) && paths.Exists(p => RepositoryFiles.IsIn(p, f)) && !without.Exists(w => RepositoryFiles.IsIn(w, f)) && File.Exists(Path.Combine(configuration.Root, f))).Select(f => Below(home, f))]);

    private static bool IsCode(string file) => Path.GetExtension(file) is ".py" or ".pyi";

    /// <summary>Without any configuration, the folder itself.</summary>
    private string Home(string path)
    {
        var start = Directory.Exists(Path.Combine(configuration.Root, path)) ? path : Parent(path) ?? "";
        for (var folder = start; folder is not null; folder = Parent(folder))
        {
            if (Configurations.Any(c => File.Exists(Path.Combine(configuration.Root, folder, c))))
            {
                return folder;
            }
        }

        return start;
    }

    private static string? Parent(string path) => path.Length == 0 ? null : path.LastIndexOf('/') is var slash and > 0 ? path[..slash] : "";

    private static string Below(string folder, string path) => folder.Length == 0 ? path : path == folder ? "" : path[(folder.Length + 1)..];
}
