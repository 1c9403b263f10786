using System.Text.Json;
using Pipeline.Configuration;

namespace Pipeline.Checks.Advisories;

/// <summary>Finds out what the services have installed, from their lock files. Whatever has none is a gap with a name.</summary>
internal sealed class LockFiles(PipelineConfiguration configuration, CancellationToken cancel)
{
    private const string Npm = "package-lock.json";
    private const string Shrinkwrap = "npm-shrinkwrap.json";
    private const string NpmManifest = "package.json";
    private static readonly HashSet<string> Foreign = ["node_modules", "bin", "obj", ".git", ".venv", "venv", "site-packages", "__pycache__", ".tox", ".nox", ".pipeline"];
    private static readonly string[] Needs = ["dependencies", "devDependencies", "optionalDependencies", "peerDependencies"];
    private static readonly string[] OfPython = ["poetry.lock", "uv.lock", "pdm.lock", "Pipfile.lock"];
    private readonly string _root = configuration.Root;
    private readonly ProjectClosure _projects = new(configuration.Root);

    public static string Beside(string file, string other) => Path.GetDirectoryName(file) is { Length: > 0 } folder ? $"{folder.Replace('\\', '/')}/{other}" : other;

    public Inventory Read(IEnumerable<ServiceSettings> services) => Inventory.Sum(services.Select(Read));

    private Inventory Read(ServiceSettings service)
    {
        var files = Walk(service.Path).ToList();
        var parts = new List<Inventory>(service.Project is { } project ? OfProject(project) : OfKind(files, NuGetLocks.LockFile));
        var python = files.Where(IsPython).ToList();
        if (python.Count == 0 && service.Toolchain == Toolchain.Python)
        {
            python = Above(service.Path).Select(folder => Files(folder).Where(IsPython).ToList()).FirstOrDefault(found => found.Count > 0) ?? [];
            if (python.Count == 0)
            {
                parts.Add(Inventory.Unknown(Ecosystem.PyPI, service.Name, "has no lock file: requirements*.txt with exact versions, poetry.lock, uv.lock, pdm.lock or Pipfile.lock (an empty requirements.txt says that it needs nothing)"));
            }
        }

        parts.AddRange(python.Select(Read));
        parts.AddRange(OfNpm(files));
        return parts.Count > 0 ? Inventory.Sum(parts) : Inventory.Unknown(null, service.Name, "has no lock file of NuGet, Python or npm");
    }

    /// <summary>The service's own lock file holds all that it is published with; those of the projects that it refers to count as well.</summary>
    private IEnumerable<Inventory> OfProject(string project)
    {
        var own = _projects.Normal(project);
        foreach (var one in _projects.Of(own).Order(StringComparer.Ordinal))
        {
            var file = new[] { NuGetLocks.LockOf(one), NuGetLocks.AssetsOf(one) }.FirstOrDefault(f => File.Exists(Path.Combine(_root, f)));
            if (file is not null)
            {
                yield return Read(file);
            }
            else if (one == own)
            {
                yield return Inventory.Unknown(Ecosystem.NuGet, one, $"has no {NuGetLocks.LockFile} and was not restored (make one: dotnet restore {one} --use-lock-file)");
            }
        }
    }

    /// <summary>A folder's lock file also holds what the folders below it need: a workspace has one at its top.</summary>
    private IEnumerable<Inventory> OfNpm(IReadOnlyList<string> files)
    {
        var locks = new HashSet<string>(files.Where(IsNpm).Select(Preferred));
        foreach (var manifest in files.Where(f => Path.GetFileName(f) == NpmManifest && NeedsPackages(f)))
        {
            var folder = Path.GetDirectoryName(manifest)!.Replace('\\', '/');
            var above = Above(folder).Prepend(folder).SelectMany(f => new[] { Shrinkwrap, Npm }.Select(name => Join(f, name))).FirstOrDefault(f => File.Exists(Path.Combine(_root, f)));
            if (above is null)
            {
                yield return Inventory.Unknown(Ecosystem.Npm, manifest, $"has no {Npm} (make one: npm install --package-lock-only; yarn.lock and pnpm-lock.yaml are not read)");
            }
            else
            {
                locks.Add(above);
            }
        }

        foreach (var file in locks.Order(StringComparer.Ordinal))
        {
            yield return Read(file);
        }
    }

    private IEnumerable<Inventory> OfKind(IEnumerable<string> files, string name) => files.Where(f => Path.GetFileName(f) == name).Select(Read);

    private Inventory Read(string file)
    {
        cancel.ThrowIfCancellationRequested();
        var (ecosystem, read) = ReaderOf(file);
        try
        {
            return read(file);
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return Inventory.Unknown(ecosystem, file, "cannot be read");
        }
    }

    private (Ecosystem Ecosystem, Func<string, Inventory> Read) ReaderOf(string file) => Path.GetFileName(file) switch
    {
        NuGetLocks.LockFile => (Ecosystem.NuGet, f => NuGetLocks.ReadLock(f, Bytes(f))),
        "project.assets.json" => (Ecosystem.NuGet, f => NuGetLocks.ReadAssets(f, Bytes(f))),
        Npm or Shrinkwrap => (Ecosystem.Npm, f => NpmLock.Read(f, Bytes(f))),
        "Pipfile.lock" => (Ecosystem.PyPI, f => PythonLocks.ReadPipfile(f, Bytes(f))),
        "poetry.lock" or "uv.lock" or "pdm.lock" => (Ecosystem.PyPI, f => PythonLocks.ReadToml(f, Bytes(f))),
        _ => (Ecosystem.PyPI, f => Requirements.Read(_root, f)),
    };

    private byte[] Bytes(string file) => File.ReadAllBytes(Path.Combine(_root, file));

    private bool NeedsPackages(string manifest)
    {
        try
        {
            using var json = new LockJson(Bytes(manifest));
            return Needs.Any(key => LockJson.Entries(json.Root, key).Any());
        }
        catch (Exception e) when (IsUnreadable(e))
        {
            return true;
        }
    }

    /// <summary>Text that is no UTF-8 is an invalid operation to the JSON reader.</summary>
    private static bool IsUnreadable(Exception e) => e is IOException or UnauthorizedAccessException or JsonException or InvalidOperationException;

    /// <summary>npm does not look at the other one where there is a shrinkwrap.</summary>
    private string Preferred(string file) => File.Exists(Path.Combine(_root, Beside(file, Shrinkwrap))) ? Beside(file, Shrinkwrap) : file;

    private static bool IsNpm(string file) => Path.GetFileName(file) is Npm or Shrinkwrap;

    private static bool IsPython(string file) => Path.GetFileName(file) is var name
        && (OfPython.Contains(name) || (name.StartsWith("requirements", StringComparison.Ordinal) && name.EndsWith(".txt", StringComparison.Ordinal)));

    /// <summary>The files below a folder that can tell something, without what was installed or built there.</summary>
    private IEnumerable<string> Walk(string folder)
    {
        cancel.ThrowIfCancellationRequested();
        var info = new DirectoryInfo(Path.Combine(_root, folder));
        return Files(folder).Concat(info.EnumerateDirectories()
            .Where(d => !Foreign.Contains(d.Name) && d.LinkTarget is null)
            .OrderBy(d => d.Name, StringComparer.Ordinal)
            .SelectMany(d => Walk(Join(folder, d.Name))));
    }

    private IEnumerable<string> Files(string folder) => Directory.EnumerateFiles(Path.Combine(_root, folder)).Select(f => Join(folder, Path.GetFileName(f)))
        .Where(f => IsPython(f) || IsNpm(f) || Path.GetFileName(f) is NpmManifest or NuGetLocks.LockFile).Order(StringComparer.Ordinal);

    private static IEnumerable<string> Above(string folder)
    {
        for (var parent = Path.GetDirectoryName(folder.TrimEnd('/')); parent is not null; parent = Path.GetDirectoryName(parent))
        {
            yield return parent.Replace('\\', '/');
        }
    }

    private static string Join(string folder, string name) => folder is "" or "." ? name : $"{folder.TrimEnd('/')}/{name}";
}
