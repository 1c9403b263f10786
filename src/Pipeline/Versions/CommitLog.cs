using System.Globalization;
using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Changes;

namespace Pipeline.Versions;

/// <summary>One commit as git keeps it.</summary>
/// <param name="Parents">full hashes</param>
/// <param name="Message">without its body</param>
/// <param name="Paths">files that it changed; empty for merges, and where they were not asked for</param>
internal readonly record struct LoggedCommit(string Hash, IReadOnlyList<string> Parents, DateTimeOffset At, ParsedMessage Message, IReadOnlyList<string> Paths);

/// <summary>Reads commits as git prints them, newest first.</summary>
internal static class CommitLog
{
    private static readonly string[] Plain = ["-c", "log.showSignature=false", "-c", "log.showRoot=true", "-c", "diff.renames=false"];

    /// <param name="revisions">what to print, for git's arguments</param>
    /// <param name="paths">whether the changed files are wanted: git must compare trees for that</param>
    /// <param name="prefix">of messages, see <see cref="ConventionalCommits.Parse(string, string?)"/></param>
    public static IAsyncEnumerable<LoggedCommit> Read(Git git, IReadOnlyList<string> revisions, bool paths, string? prefix, CancellationToken cancel)
    {
        string[] names = paths ? ["--name-only", "--ignore-submodules=none"] : [];
        // An empty field begins a commit: no path is empty, and no message holds a NUL.
        return git.Stream([.. Plain, "log", "-z", "--encoding=UTF-8", "--format=%x00%H%x00%P%x00%ct%x00%B%x00", .. names, .. revisions, "--"], output => Parse(output, prefix, cancel), cancel);
    }

    private static async IAsyncEnumerable<LoggedCommit> Parse(Stream output, string? prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        var reading = new Queue<Task<LoggedCommit[]>>();
        await foreach (var batch in Batches(output, cancel).ConfigureAwait(false))
        {
            reading.Enqueue(Task.Run(() => batch.Parse(prefix), cancel));
            while (reading.TryPeek(out var first) && first.IsCompleted)
            {
                foreach (var commit in await reading.Dequeue().ConfigureAwait(false))
                {
                    yield return commit;
                }
            }
        }

        foreach (var commit in (await Task.WhenAll(reading).ConfigureAwait(false)).SelectMany(read => read))
        {
            yield return commit;
        }
    }

    private static async IAsyncEnumerable<CommitBatch> Batches(Stream output, [EnumeratorCancellation] CancellationToken cancel)
    {
        var fields = new NulFields(output);
        var more = await fields.Next(cancel).ConfigureAwait(false) is not null;
        var parents = "";
        CommitBatch? batch = null;
        while (more)
        {
            // Mostly the parent follows: one text for both.
            await fields.Next(cancel).ConfigureAwait(false);
            var hash = Ascii.Equals(fields.Current.Span, parents) ? parents : Encoding.ASCII.GetString(fields.Current.Span);
            parents = await fields.Text(cancel).ConfigureAwait(false);
            await fields.Next(cancel).ConfigureAwait(false);
            var at = Moment(fields.Current.Span);
            await fields.Next(cancel).ConfigureAwait(false);
            var longest = Encoding.UTF8.GetMaxCharCount(fields.Current.Length);
            if (batch?.Fits(longest) == false)
            {
                yield return batch;
                batch = null;
            }

            (batch ??= new(longest)).Message(fields.Current.Span);
            await fields.Next(cancel).ConfigureAwait(false);
            List<string>? paths = null;
            while ((more = await fields.Next(cancel).ConfigureAwait(false) is not null) && fields.Current.Length > 0)
            {
                // A line feed parts the first one from the message.
                (paths ??= []).Add(Encoding.UTF8.GetString(paths is [] ? fields.Current.Span[1..] : fields.Current.Span));
            }

            batch.Commit(hash, parents.Length == 0 ? [] : parents.Split(' '), at, paths ?? []);
        }

        if (batch is not null)
        {
            yield return batch;
        }
    }

    /// <summary>A commit may claim any time.</summary>
    private static DateTimeOffset Moment(ReadOnlySpan<byte> seconds) =>
        long.TryParse(seconds, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out var time) && time is > -62_135_596_800 and < 253_402_300_800 ? DateTimeOffset.FromUnixTimeSeconds(time) : DateTimeOffset.UnixEpoch;
}
