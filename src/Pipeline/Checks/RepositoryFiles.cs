using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Checks;

/// <summary>The files that a check looks at: known to git or about to be, never what git ignores; no links.</summary>
/// <param name="Paths">relative to the root, in git's order</param>
internal sealed record RepositoryFiles(IReadOnlyList<string> Paths)
{
    /// <summary>All of the repository's.</summary>
    /// <returns><c>null</c> where git cannot list them, with what it said</returns>
    /// <exception cref="PipelineException">there is no git on this machine</exception>
    public static async Task<(RepositoryFiles? Files, string Problem)> List(string root, CancellationToken cancel)
    {
        var git = await ChildProcess.Run(new Command("git", ["ls-files", "-z", "--cached", "--others", "--exclude-standard"], root), cancel).ConfigureAwait(false);
        return git.ExitCode != 0 || git.Dropped > 0
            ? (null, $"git cannot list the tracked files: {Dotnet.Tail(git)}")
            : (new RepositoryFiles([.. git.Output.Split('\0', StringSplitOptions.RemoveEmptyEntries).Distinct()]), "");
    }

    /// <summary>Those that a scope means: of the affected services' folders, or all; only what is in the work tree and no link.</summary>
    public RepositoryFiles In(PipelineConfiguration configuration, CheckScope scope)
    {
        var services = configuration.Services.Where(s => scope.Services.Contains(s.Name)).ToList();
        var folders = services.Select(s => s.Path).Concat(services.Select(s => s.Docker?.Context).OfType<string>()).Select(Normal).ToList();
        var files = services.Select(s => s.Docker?.Dockerfile).OfType<string>().Select(Normal).ToHashSet();
        return new RepositoryFiles([.. Paths.Where(path => (scope.WholeRepository || files.Contains(path) || folders.Exists(f => IsIn(f, path))) && IsFile(Path.Combine(configuration.Root, path)))]);
    }

    /// <summary>The path lies in the folder, or is it; an empty folder is the root.</summary>
    public static bool IsIn(string folder, string path) => folder.Length == 0 || path == folder || path.StartsWith(folder + '/', StringComparison.Ordinal);

    /// <summary>With <c>/</c>, without <c>./</c> and a last <c>/</c>; the root is empty.</summary>
    public static string Normal(string path) => string.Join('/', path.Replace('\\', '/').Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != "."));

    private static bool IsFile(string path) => new FileInfo(path) is { Exists: true, LinkTarget: null };
}
