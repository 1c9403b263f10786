using System.Text;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>Problems of messages that are not released yet.</summary>
/// <param name="Commits">how many were looked at; merges are none</param>
/// <param name="Words">which: <c>that origin/main lacks</c></param>
/// <param name="Problems">newest first</param>
public sealed record UnreleasedMessages(int Commits, string Words, IReadOnlyList<MessageProblem> Problems)
{
    /// <summary>The main line as other clones know it; the branch's own upstream only where there is no such name.</summary>
    private static readonly string[] MainLines = ["refs/remotes/origin/HEAD", "refs/remotes/origin/main", "refs/remotes/origin/master", "@{upstream}"];

    /// <summary>On a branch, the commits that the main line lacks: they can still be reworded, so one that would be dropped is an error. On the main line, all since the last release.</summary>
    /// <exception cref="Outcomes.PipelineException">no repository, no commit, or the history cannot be had</exception>
    public static async Task<UnreleasedMessages> Check(PipelineConfiguration configuration, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        if (await Unmerged(configuration, strictly: true, cancel).ConfigureAwait(false) is { Commits: > 0 } unmerged)
        {
            return unmerged;
        }

        var plan = await VersionPlanner.Plan(configuration, cancel).ConfigureAwait(false);
        var since = plan.Steps[0].ReleasedTag;
        // Those that say nothing a release could read are problems, and no changes.
        var commits = plan.Steps[0].Changes.Select(c => c.Commit).Union(plan.Problems.Select(p => p.Commit)).Count();
        return new(commits, since is null ? "of the first release" : $"since {since}", plan.Problems);
    }

    /// <summary>The commits that the main line lacks.</summary>
    /// <param name="strictly">also what is no Conventional Commit at all is an error</param>
    /// <returns><c>null</c>: there is no main line to compare with, or this clone lacks the commit where the branch left it</returns>
    internal static async Task<UnreleasedMessages?> Unmerged(PipelineConfiguration configuration, bool strictly, CancellationToken cancel)
    {
        var git = new Git(configuration.Root);
        if (await MainLine(git, cancel).ConfigureAwait(false) is not var (name, commit) || (await git.Try(["merge-base", "HEAD", commit], [], cancel).ConfigureAwait(false)).ExitCode != 0)
        {
            return null;
        }

        var (count, problems) = (0, new List<MessageProblem>());
        await foreach (var logged in CommitLog.Read(git, ["--no-merges", $"{commit}..HEAD"], paths: false, configuration.Versions.Prefix, cancel).ConfigureAwait(false))
        {
            count++;
            problems.AddRange(strictly ? MessageCheck.Strictly(logged.Message, logged.Hash, configuration.Versions) : MessageCheck.Of(logged.Message, logged.Hash, configuration.Versions));
        }

        return new(count, $"that {name} lacks", problems);
    }

    private static async Task<(string Name, string Commit)?> MainLine(Git git, CancellationToken cancel)
    {
        foreach (var name in MainLines)
        {
            if (await git.Commit(name, cancel).ConfigureAwait(false) is { } commit)
            {
                var words = Encoding.UTF8.GetString((await git.Try(["rev-parse", "--abbrev-ref", name], [], cancel).ConfigureAwait(false)).Output).Trim();
                return (words, commit);
            }
        }

        return null;
    }
}
