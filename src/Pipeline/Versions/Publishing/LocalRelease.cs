using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>A release in this clone: changelog, commit, tags. Each step is looked for before it is done, so that it is never done twice.</summary>
internal sealed class LocalRelease(Clone clone, Writing writing, string root)
{
    public Action<string, string> Say { get; init; } = (_, _) => { };

    public Func<ReleaseStage, CancellationToken, Task> Between { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>What was begun on this branch and still holds; a plan whose commit the branch has left is forgotten.</summary>
    /// <exception cref="PipelineException">the branch was moved back behind a release that has tags (3)</exception>
    public async Task<ReleaseIntent?> Begun(ReleaseJournal journal, CancellationToken cancel)
    {
        for (var intent = journal.Read(); intent is not null; intent = intent.Before)
        {
            if (await CommitOf(intent, cancel).ConfigureAwait(false) is not null || await clone.Head(cancel).ConfigureAwait(false) == intent.Base)
            {
                return intent;
            }

            foreach (var version in intent.Versions)
            {
                if (await clone.Commit($"refs/tags/{version.Tag}", cancel).ConfigureAwait(false) is { } commit && !await clone.Contains("HEAD", commit, cancel).ConfigureAwait(false))
                {
                    throw new PipelineException(ExitCode.Refused, $"REFUSED: {intent.Branch} was moved away from {version.Tag}, which was released here and not pushed.",
                        new Detail("next", "./build.sh --target=Release --undo takes its tags back"));
                }
            }

            Say("Plan", $"{intent.Name} is void: {intent.Branch} has left the commit {intent.Base[..7]} that it was for");
            journal.Forget(intent.Before);
        }

        return null;
    }

    public async Task<bool> IsTagged(ReleaseIntent intent, CancellationToken cancel) =>
        await CommitOf(intent, cancel).ConfigureAwait(false) is { } commit && (await Missing(intent, commit, cancel).ConfigureAwait(false)).Count == 0;

    /// <summary>The commit that the tags belong on; <c>null</c>: it is not made yet.</summary>
    public async Task<string?> CommitOf(ReleaseIntent intent, CancellationToken cancel)
    {
        if (!await clone.Contains("HEAD", intent.Base, cancel).ConfigureAwait(false))
        {
            return null;
        }

        if (await Has(intent, intent.Base, cancel).ConfigureAwait(false))
        {
            // The section was there before: there is nothing to commit.
            return intent.Base;
        }

        return await clone.ChildOf(intent.Base, "HEAD", cancel).ConfigureAwait(false) is { } child && await Has(intent, child, cancel).ConfigureAwait(false) ? child : null;
    }

    /// <summary>Does what is not done yet.</summary>
    /// <returns>the commit that the tags are on</returns>
    public async Task<string> Finish(ReleaseIntent intent, CancellationToken cancel)
    {
        var commit = await CommitOf(intent, cancel).ConfigureAwait(false) ?? await Commit(intent, cancel).ConfigureAwait(false);
        foreach (var tag in await Missing(intent, commit, cancel).ConfigureAwait(false))
        {
            var words = await writing.Tag(tag, commit, cancel).ConfigureAwait(false);
            if (await clone.Commit($"refs/tags/{tag}", cancel).ConfigureAwait(false) != commit)
            {
                throw Refusals.Tag(tag, words ?? "it is on another commit");
            }

            Say("Tag", tag);
            await Between(ReleaseStage.Tagged, cancel).ConfigureAwait(false);
        }

        return commit;
    }

    /// <summary>Everything goes back to where it was before this release; one before it, which waits for the same push, stays.</summary>
    /// <param name="foreign">tags of the same names may be somebody else's, and stay; else none of them is known to be anywhere else</param>
    /// <exception cref="PipelineException">other commits stand on it (3)</exception>
    public async Task TakeBack(ReleaseIntent intent, ReleaseJournal journal, bool foreign, CancellationToken cancel)
    {
        var (head, commit) = (await clone.Head(cancel).ConfigureAwait(false), await CommitOf(intent, cancel).ConfigureAwait(false));
        if (commit is not null && commit != intent.Base && commit != head)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: commits stand on {intent.Name}'s {commit[..7]}.",
                new Detail("next", $"git rebase --onto {intent.Base[..7]} {commit[..7]} {intent.Branch}, then the same command again"));
        }

        var tags = new List<(string, string)>();
        foreach (var tag in intent.Versions.Select(v => $"refs/tags/{v.Tag}"))
        {
            if (await clone.Reference(tag, cancel).ConfigureAwait(false) is { } holds && (!foreign || await clone.Commit(tag, cancel).ConfigureAwait(false) == commit))
            {
                tags.Add((tag, holds));
            }
        }

        await writing.Delete(tags, cancel).ConfigureAwait(false);
        if (commit == head && commit != intent.Base)
        {
            await writing.GoBack(intent.Base, cancel).ConfigureAwait(false);
        }
        else if (head == intent.Base)
        {
            await Restore(intent, cancel).ConfigureAwait(false);
        }

        journal.Forget(intent.Before);
    }

    private async Task<string> Commit(ReleaseIntent intent, CancellationToken cancel)
    {
        var (_, uncommitted) = await clone.Status(cancel).ConfigureAwait(false);
        Refusals.Uncommitted([.. uncommitted.Where(f => !IsOurs(f, intent))]);
        await Write(intent, uncommitted, cancel).ConfigureAwait(false);
        var words = await writing.Commit(intent.Changelog, intent.Message, cancel).ConfigureAwait(false);
        // Whatever git said: a hook that fails late, or a run that was killed while git went on, leaves a commit all the same.
        var commit = await CommitOf(intent, cancel).ConfigureAwait(false) ?? throw Refusals.Commit(words ?? "somebody else committed to the branch meanwhile");
        Say("Commit", $"{commit[..7]}  {intent.Message.Split('\n')[0]}");
        await Between(ReleaseStage.Committed, cancel).ConfigureAwait(false);
        return commit;
    }

    /// <summary>The changelog, what it is written from, or the new folder that it is in.</summary>
    private static bool IsOurs(string file, ReleaseIntent intent) =>
        file == intent.Changelog || file == $"{intent.Changelog}.new" || (file.EndsWith('/') && intent.Changelog.StartsWith(file, StringComparison.Ordinal));

    private async Task Write(ReleaseIntent intent, IReadOnlyList<string> uncommitted, CancellationToken cancel)
    {
        var file = Path.Combine(root, intent.Changelog);
        var current = File.Exists(file) ? await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false) : null;
        if (ReleaseChangelog.Has(current, intent.Versions, intent.Changelog))
        {
            // Written before; it may have been edited since, and that is what is released then.
            return;
        }

        Refusals.Uncommitted([.. uncommitted.Where(f => f == intent.Changelog)]);
        Directory.CreateDirectory(Path.GetDirectoryName(file)!);
        await File.WriteAllBytesAsync($"{file}.new", intent.Text, cancel).ConfigureAwait(false);
        File.Move($"{file}.new", file, overwrite: true);
        Say("Changelog", $"{intent.Changelog}  {string.Join(", ", intent.Versions.Select(v => v.Service is null ? v.Version : $"{v.Service} {v.Version}"))}");
        await Between(ReleaseStage.Written, cancel).ConfigureAwait(false);
    }

    /// <summary>The changelog as the commit has it, unless somebody worked on it since.</summary>
    private async Task Restore(ReleaseIntent intent, CancellationToken cancel)
    {
        var file = Path.Combine(root, intent.Changelog);
        if (!File.Exists(file) || !(await File.ReadAllBytesAsync(file, cancel).ConfigureAwait(false)).AsSpan().SequenceEqual(intent.Text))
        {
            return;
        }

        await writing.Unstage(intent.Changelog, cancel).ConfigureAwait(false);
        if (await clone.File(intent.Base, intent.Changelog, cancel).ConfigureAwait(false) is null)
        {
            File.Delete(file);
        }
        else
        {
            await writing.Restore(intent.Changelog, cancel).ConfigureAwait(false);
        }
    }

    private async Task<bool> Has(ReleaseIntent intent, string commit, CancellationToken cancel) =>
        ReleaseChangelog.Has(await clone.File(commit, intent.Changelog, cancel).ConfigureAwait(false), intent.Versions, intent.Changelog);

    /// <summary>Tags that are not on the commit yet.</summary>
    private async Task<IReadOnlyList<string>> Missing(ReleaseIntent intent, string commit, CancellationToken cancel)
    {
        var missing = new List<string>();
        foreach (var tag in intent.Versions.Select(v => v.Tag))
        {
            if (await clone.Commit($"refs/tags/{tag}", cancel).ConfigureAwait(false) != commit)
            {
                missing.Add(tag);
            }
        }

        return missing;
    }
}
