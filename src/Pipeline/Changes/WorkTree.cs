using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Changes;

/// <summary>The tree that would be deployed: the commit's, or with uncommitted changes one that is written beside the repository and goes with this object.</summary>
/// <param name="Git">knows the objects of that tree</param>
/// <param name="Listing">its files</param>
internal sealed record WorkTree(Git Git, SourceRevision Source, GitTree Listing, string? Temporary) : IDisposable
{
    /// <exception cref="UsageException">not a repository, no commit, or uncommitted changes where they are refused; nothing was run</exception>
    public static async Task<WorkTree> Read(string root, bool refuseUncommitted, CancellationToken cancel)
    {
        var git = new Git(root);
        var (commit, tree, subject) = await Head(git, cancel).ConfigureAwait(false);
        var listing = List(git, tree, cancel);
        var status = Status.Read(git, cancel);
        await Task.WhenAll(listing, status).ConfigureAwait(false);
        var (branch, uncommitted) = await status.ConfigureAwait(false);
        var files = await listing.ConfigureAwait(false);
        if (uncommitted.Count == 0)
        {
            return new WorkTree(git, new SourceRevision(commit, branch, subject, false, tree), files, null);
        }

        if (refuseUncommitted)
        {
            throw new UsageException(
                $"The work tree has uncommitted changes, and a CI run deploys commits only: {Some(uncommitted)}",
                new Detail("next", "commit them, or find the step that writes into tracked folders: git status"));
        }

        return await WithChanges(git, new SourceRevision(commit, branch, subject, false, tree), files, cancel).ConfigureAwait(false);
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
        var isTop = Path.Exists(Path.Combine(git.Root, ".git"));
        var answer = isTop ? await git.Try(["rev-list", "--max-count=1", "--encoding=UTF-8", "--format=%H%n%T%n%s", "HEAD", "--"], [], cancel).ConfigureAwait(false) : null;
        if (answer is { ExitCode: 0 })
        {
            var lines = Text(answer.Output).Split('\n');
            return (lines[1], lines[2], lines[3]);
        }

        throw await Refusal(git, isTop, cancel).ConfigureAwait(false);
    }

    private static async Task<UsageException> Refusal(Git git, bool isTop, CancellationToken cancel)
    {
        var top = await git.Try(["rev-parse", "--show-toplevel"], [], cancel).ConfigureAwait(false);
        if (top.ExitCode != 0)
        {
            return top.Error.Contains("not a git repository", StringComparison.Ordinal)
                ? new UsageException($"'{git.Root}' is not a git repository; changes are told from git's trees.", new Detail("next", "git init && git add -A && git commit"))
                : new UsageException($"git refuses to read '{git.Root}': {top.Said}");
        }

        if (!isTop)
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

    private static async Task<GitTree> List(Git git, string tree, CancellationToken cancel) =>
        new(await git.Run(["ls-tree", "-r", "-z", "--full-tree", tree], cancel).ConfigureAwait(false));

    /// <summary>Adds everything to a copy of the index, with new objects in a folder of their own: the user's repository stays as it is.</summary>
    private static async Task<WorkTree> WithChanges(Git git, SourceRevision head, GitTree files, CancellationToken cancel)
    {
        var paths = Text(await git.Run(["rev-parse", "--git-path", "index", "--git-path", "objects"], cancel).ConfigureAwait(false)).Split('\n');
        var (index, objects) = (Path.GetFullPath(paths[0], git.Root), Path.GetFullPath(paths[1], git.Root));
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

            var beside = git with
            {
                Variables = new Dictionary<string, string>
                {
                    ["GIT_INDEX_FILE"] = copy,
                    ["GIT_OBJECT_DIRECTORY"] = Directory.CreateDirectory(Path.Combine(temporary, "objects")).FullName,
                    ["GIT_ALTERNATE_OBJECT_DIRECTORIES"] = objects.Contains(Path.PathSeparator) ? $"\"{objects.Replace("\\", "\\\\", StringComparison.Ordinal)}\"" : objects,
                },
            };
            await beside.Run(["-c", "core.safecrlf=false", "-c", "core.splitIndex=false", "-c", "advice.addEmbeddedRepo=false", "add", "-A"], cancel).ConfigureAwait(false);
            var tree = Text(await beside.Run(["write-tree"], cancel).ConfigureAwait(false)).Trim();
            var listing = tree == head.Tree ? files : await List(beside, tree, cancel).ConfigureAwait(false);
            return new WorkTree(beside, head with { Tree = tree, Dirty = tree != head.Tree }, listing, temporary);
        }
        catch
        {
            Directory.Delete(temporary, recursive: true);
            throw;
        }
    }

    private static string Some(IReadOnlyList<string> paths) =>
        string.Join(", ", paths.Take(5)) + (paths.Count > 5 ? $" + {paths.Count - 5} more" : "");

    private static string Text(byte[] output) => Encoding.UTF8.GetString(output);
}
