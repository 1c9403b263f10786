using System.Globalization;
using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>What the user's clone holds.</summary>
internal sealed class Clone(string root)
{
    private readonly Git _git = new(root);

    /// <summary>Git's own folder, the same for all work trees of the clone.</summary>
    public async Task<string> CommonFolder(CancellationToken cancel) => Path.GetFullPath(await Line(["rev-parse", "--git-common-dir"], cancel).ConfigureAwait(false), root);

    public Task<(string Branch, IReadOnlyList<string> Uncommitted)> Status(CancellationToken cancel) => Changes.Status.Read(_git, cancel);

    public async Task<string> Head(CancellationToken cancel) => await Commit("HEAD", cancel).ConfigureAwait(false)
        ?? throw new UsageException("The repository has no commit yet; a release is made of one.", new Detail("next", "git add -A && git commit"));

    /// <summary>The commit that a name stands for; <c>null</c>: there is none.</summary>
    public Task<string?> Commit(string name, CancellationToken cancel) => _git.Commit(name, cancel);

    /// <summary>What a reference holds: of an annotated tag, the tag object.</summary>
    public async Task<string?> Reference(string name, CancellationToken cancel) => await Try(["rev-parse", "--verify", "--quiet", "--end-of-options", name], cancel).ConfigureAwait(false);

    public async Task<bool> Contains(string descendant, string ancestor, CancellationToken cancel) =>
        (await _git.Try(["merge-base", "--is-ancestor", ancestor, descendant], [], cancel).ConfigureAwait(false)).ExitCode == 0;

    /// <summary>How many commits are in one and not in the other.</summary>
    public async Task<int> Count(string notIn, string within, CancellationToken cancel) =>
        int.Parse(await Line(["rev-list", "--count", $"{notIn}..{within}", "--"], cancel).ConfigureAwait(false), CultureInfo.InvariantCulture);

    /// <summary>The first commit made on top of another one, on the way to a tip; <c>null</c>: it is the tip.</summary>
    public async Task<string?> ChildOf(string commit, string tip, CancellationToken cancel) =>
        await Lines(["rev-list", "--first-parent", "--reverse", $"{commit}..{tip}", "--"], cancel).ConfigureAwait(false) is [var child, ..] ? child : null;

    /// <summary>The bytes of a file of a commit; <c>null</c>: it has none.</summary>
    public async Task<byte[]?> File(string commit, string file, CancellationToken cancel) =>
        await _git.Try(["cat-file", "blob", $"{commit}:{file}"], [], cancel).ConfigureAwait(false) is { ExitCode: 0 } answer ? answer.Output : null;

    /// <summary>The upstream of a branch, or where it would go; <c>null</c>: the clone has no remote.</summary>
    public async Task<Upstream?> Upstream(string branch, CancellationToken cancel)
    {
        var configured = (await Line(["for-each-ref", "--format=%(upstream:remotename) %(upstream:remoteref) %(upstream)", $"refs/heads/{branch}"], cancel).ConfigureAwait(false)).Split(' ');
        if (configured is [{ Length: > 0 } remote, { Length: > 0 } reference, var tracking])
        {
            return new Upstream(remote, reference, tracking);
        }

        var remotes = await Lines(["remote"], cancel).ConfigureAwait(false);
        var name = remotes.Contains("origin") ? "origin" : remotes.Count == 1 ? remotes[0] : null;
        return name is null ? null : new Upstream(name, $"refs/heads/{branch}", $"refs/remotes/{name}/{branch}");
    }

    public async Task<string> Address(string remote, CancellationToken cancel) => await Try(["remote", "get-url", remote], cancel).ConfigureAwait(false) ?? "";

    /// <summary>A release of a commit that somebody else has made: the commit after it, upstream, is a release's and has tags.</summary>
    /// <returns><c>null</c>: there is none</returns>
    public async Task<(string Commit, IReadOnlyList<string> Tags)?> ReleaseOf(string commit, Upstream upstream, CancellationToken cancel)
    {
        if (await Commit(upstream.Tracking, cancel).ConfigureAwait(false) is null || !await Contains(upstream.Tracking, commit, cancel).ConfigureAwait(false))
        {
            return null;
        }

        var next = await ChildOf(commit, upstream.Tracking, cancel).ConfigureAwait(false);
        if (next is null || ConventionalCommits.Parse(await Line(["log", "--max-count=1", "--encoding=UTF-8", "--format=%B", next, "--"], cancel).ConfigureAwait(false)).Kind != MessageKind.Release)
        {
            return null;
        }

        var tags = await Lines(["tag", "--points-at", next], cancel).ConfigureAwait(false);
        return tags.Count > 0 ? (next, tags) : null;
    }

    private async Task<string> Line(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        Encoding.UTF8.GetString(await _git.Run(arguments, cancel).ConfigureAwait(false)).TrimEnd('\n', '\r');

    private async Task<IReadOnlyList<string>> Lines(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        (await Line(arguments, cancel).ConfigureAwait(false)).Split('\n', StringSplitOptions.RemoveEmptyEntries);

    private async Task<string?> Try(IReadOnlyList<string> arguments, CancellationToken cancel) =>
        await _git.Try(arguments, [], cancel).ConfigureAwait(false) is { ExitCode: 0 } answer ? Encoding.UTF8.GetString(answer.Output).Trim() : null;
}
