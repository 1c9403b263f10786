using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Reporting;

namespace Pipeline.Versions.Publishing;

/// <summary>Why a release is not begun, and what to type instead.</summary>
internal static class Refusals
{
    private const int Shown = 5;

    public static void Detached(string branch)
    {
        if (branch == "(detached)")
        {
            throw new PipelineException(ExitCode.Refused, "REFUSED: HEAD is detached; a release is a commit on a branch.", new Detail("next", "git switch BRANCH (a runner: git switch -C main --track origin/main), then the same command again"));
        }
    }

    public static Remote Demand(Remote? remote, string branch) => remote
        ?? throw new UsageException($"--push: this clone has no remote that '{branch}' could be pushed to.", new Detail("next", "git remote add origin ADDRESS, or release without --push"));

    public static void Uncommitted(IReadOnlyList<string> files)
    {
        if (files.Count > 0)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {Words.Count(files.Count, "file")} not committed; a release is made of commits.",
                new Detail("what", string.Join('\n', files.Take(Shown).Select(TerminalText.Echo)) + (files.Count > Shown ? $"\nand {files.Count - Shown} more" : "")),
                new Detail("next", "git stash --include-untracked, or commit or ignore them; then the same command again"));
        }
    }

    public static async Task Behind(Clone clone, Upstream? upstream, string branch, CancellationToken cancel)
    {
        if (upstream is not null && await clone.Commit(upstream.Tracking, cancel).ConfigureAwait(false) is not null
            && await clone.Count("HEAD", upstream.Tracking, cancel).ConfigureAwait(false) is var behind and > 0)
        {
            var ahead = await clone.Count(upstream.Tracking, "HEAD", cancel).ConfigureAwait(false);
            throw Moved($"REFUSED: {upstream.Name} has {Words.Count(behind, "commit")} that {branch} lacks.", ahead > 0);
        }
    }

    /// <summary>The upstream has what this branch lacks.</summary>
    /// <param name="diverged">the branch has what the upstream lacks, too</param>
    public static PipelineException Moved(string sentence, bool diverged) =>
        new(ExitCode.Refused, sentence, new Detail("next", $"git pull {(diverged ? "--rebase" : "--ff-only")}, then the same command again: it plans anew"));

    public static void Messages(VersionPlan plan, bool despite)
    {
        var errors = plan.Problems.Where(p => p.IsError).ToList();
        if (errors.Count > 0 && !despite)
        {
            throw new PipelineException(ExitCode.Failed, $"{Words.Count(errors.Count, "message")} would be dropped or misread by this release.",
            [
                .. errors.Take(Shown).Select(p => new Detail(p.Commit[..7], TerminalText.Echo($"'{p.Subject}' {p.Problem}") + $"\nfix: {TerminalText.Echo(p.Fix)}")),
                .. errors.Count > Shown ? [new Detail("and", $"{errors.Count - Shown} more: ./build.sh --target=Release --check")] : Array.Empty<Detail>(),
                new Detail("next", "reword them while nobody else has them (git rebase --interactive); what is pushed stays, then --despite-messages"),
            ]);
        }
    }

    public static PipelineException Commit(string words) => new(ExitCode.Failed, "git did not make the release's commit.", new Detail("why", words), new Detail("here", "the changelog is written, nothing else"),
        new Detail("next", "mend it, then the same command again: it goes on from here; ./build.sh --target=Release --undo takes it back"));

    public static PipelineException Tag(string tag, string words) => new(ExitCode.Failed, $"git did not make the tag {tag}.", new Detail("why", words), new Detail("next", "mend it, then the same command again: it goes on from here"));

    public static PipelineException Push(string name, string remote, string words) => new(ExitCode.Refused, $"REFUSED: {remote} did not take {name}.",
        new Detail("why", words), new Detail("here", "committed and tagged; nothing of it was pushed"),
        new Detail("next", "mend it, then ./build.sh --target=Release --push; or ./build.sh --target=Release --undo takes it back"));
}
