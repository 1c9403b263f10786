using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Changes;

/// <summary>The tree that would be deployed: the commit's, or with uncommitted changes one that is written beside the repository and goes with this object.</summary>
/// <param name="Git">knows the objects of that tree</param>
/// <param name="Listing">its files</param>
internal sealed record WorkTree(Git Git, SourceRevision Source, GitTree Listing, string? Temporary) : IDisposable
{
    /// <summary>Each path is compared with each file: beyond these, looking at all files is cheaper.</summary>
    private const int FewPaths = 50;

    /// <summary>The commit's tree, as the index has it; whether the index really is equal to it, only <see cref="Status"/> can tell.</summary>
    /// <exception cref="UsageException">not a repository, or no commit</exception>
    public static async Task<WorkTree> Committed(string root, CancellationToken cancel)
    {
        var git = new Git(root);
        var (commit, tree, subject) = await Head(git, cancel).ConfigureAwait(false);
        return new WorkTree(git, new SourceRevision(commit, "", subject, false, tree), await List(git, cancel).ConfigureAwait(false), null);
    }

    /// <summary>The tree with what is not committed.</summary>
    /// <exception cref="UsageException">not a repository, or no commit</exception>
    public static async Task<WorkTree> Current(string root, CancellationToken cancel)
    {
        var committed = await Committed(root, cancel).ConfigureAwait(false);
        var (_, uncommitted) = await Status.Read(committed.Git, cancel).ConfigureAwait(false);
        return uncommitted.Count > 0 ? await committed.With(uncommitted, cancel).ConfigureAwait(false) : committed;
    }

    public async Task<bool> IsShallow(CancellationToken cancel) =>
        Text(await Git.Run(["rev-parse", "--is-shallow-repository"], cancel).ConfigureAwait(false)).Trim() == "true";

    public void Dispose()
    {
        if (Temporary is not null)
        {
            Directory.Delete(Temporary, recursive: true);
        }
    }

    private static async Task<(string Commit, string Tree, string Subject)> Head(Git git, CancellationToken cancel)
    {
        var answer = IsTop(git) ? await git.Try(["rev-list", "--max-count=1", "--encoding=UTF-8", "--format=%H%n%T%n%s", "HEAD", "--"], [], cancel).ConfigureAwait(false) : null;
        if (answer is { ExitCode: 0 })
        {
            var lines = Text(answer.Output).Split('\n');
            return (lines[1], lines[2], lines[3]);
        }

        throw await Refusal(git, cancel).ConfigureAwait(false);
    }

    /// <summary>Why there is no HEAD to be read.</summary>
    public static async Task<UsageException> Refusal(Git git, CancellationToken cancel)
    {
        var top = await git.Try(["rev-parse", "--show-toplevel"], [], cancel).ConfigureAwait(false);
        if (top.ExitCode != 0)
        {
            return top.Error.Contains("not a git repository", StringComparison.Ordinal)
                ? new UsageException($"'{git.Root}' is not a git repository; changes are told from git's trees.", new Detail("next", "git init && git add -A && git commit"))
                : new UsageException($"git refuses to read '{git.Root}': {top.Said}");
        }

        if (!IsTop(git))
        {
            return new UsageException(
                $"'{git.Root}' is not the top folder of its git repository, '{Text(top.Output).Trim()}' is; pipeline.yml must stand there.",
                new Detail("next", $"run in '{Text(top.Output).Trim()}'"));
        }

        var head = await git.Try(["rev-parse", "--verify", "HEAD"], [], cancel).ConfigureAwait(false);
        return head.ExitCode != 0
            ? new UsageException("The repository has no commit yet; a release is made of one.", new Detail("next", "git add -A && git commit"))
            : new UsageException($"git can not read HEAD of '{git.Root}'.", new Detail("next", "git fsck"));
    }

    public static bool IsTop(Git git) => Path.Exists(Path.Combine(git.Root, ".git"));

    private static async Task<GitTree> List(Git git, CancellationToken cancel) => new(await git.Run(["ls-files", "-s", "-z"], cancel).ConfigureAwait(false));

    /// <summary>Adds the changes to a copy of the index, with new objects in a folder of their own: the user's repository stays as it is.</summary>
    /// <param name="uncommitted">paths that differ from the commit</param>
    public async Task<WorkTree> With(IReadOnlyList<string> uncommitted, CancellationToken cancel)
    {
        var paths = Text(await Git.Run(["rev-parse", "--git-path", "index", "--git-path", "objects"], cancel).ConfigureAwait(false)).Split('\n');
        var (index, objects) = (Path.GetFullPath(paths[0], Git.Root), Path.GetFullPath(paths[1], Git.Root));
        var temporary = Directory.CreateTempSubdirectory("pipeline-changes-").FullName;
        try
        {
            var copy = Path.Combine(temporary, "index");
            if (File.Exists(index))
            {
                File.Copy(index, copy);
                // git compares files' times with the index's own to find changes of the same second.
                File.SetLastWriteTimeUtc(copy, File.GetLastWriteTimeUtc(index));
            }

            var beside = Git with
            {
                Variables = new Dictionary<string, string>
                {
                    ["GIT_INDEX_FILE"] = copy,
                    ["GIT_OBJECT_DIRECTORY"] = Directory.CreateDirectory(Path.Combine(temporary, "objects")).FullName,
                    ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects.Contains(Path.PathSeparator) ? $"\"{objects.Replace("\\", "\\\\", StringComparison.Ordinal)}\"" : objects,
                },
            };
            await Add(beside, uncommitted, cancel).ConfigureAwait(false);
            var tree = Text(await beside.Run(["write-tree"], cancel).ConfigureAwait(false)).Trim();
            var listing = await List(beside, cancel).ConfigureAwait(false);
            return new WorkTree(beside, Source with { Tree = tree, Dirty = tree != Source.Tree }, listing, temporary);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static async Task Add(Git git, IReadOnlyList<string> paths, CancellationToken cancel)
    {
        string[] add = ["--literal-pathspecs", "-c", "core.safecrlf=false", "-c", "core.splitIndex=false", "-c", "advice.addEmbeddedRepo=false", "add", "-A"];
        if (paths.Count <= FewPaths)
        {
            var some = await git.Try([.. add, "--pathspec-from-file=-", "--pathspec-file-nul"], Encoding.UTF8.GetBytes(string.Join('\0', paths)), cancel).ConfigureAwait(false);
            if (some.ExitCode == 0)
            {
                return;
            }
        }

        // Many, or one is gone again, or a git before 2.26: all files are looked at.
        await git.Run(add, cancel).ConfigureAwait(false);
    }

    private static string Text(byte[] output) => Encoding.UTF8.GetString(output);
}
