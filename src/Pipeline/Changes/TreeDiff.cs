using System.Text;

namespace Pipeline.Changes;

/// <summary>One changed file.</summary>
/// <param name="Note">what happened to it where it is not simply other content: <c>new</c>, <c>deleted</c>, <c>mode</c></param>
internal sealed record ChangedFile(string Path, string? Note);

/// <summary>What differs between what runs and the current tree; it explains decisions and never makes them.</summary>
/// <param name="Files"><c>null</c>: the recorded objects are not in this clone</param>
/// <param name="Remark">what to know about the list, or why there is none</param>
internal sealed record TreeDiff(IReadOnlyList<ChangedFile>? Files, string? Remark)
{
    /// <summary>Compares with the recorded tree, or where only its commit is here (it was deployed with uncommitted changes) with that.</summary>
    public static async Task<TreeDiff> Between(RunningService running, WorkTree now, CancellationToken cancel)
    {
        var commit = running.Commit.Length >= 7 ? running.Commit[..7] : running.Commit;
        if (await Read(running.Tree, now, cancel).ConfigureAwait(false) is { } files)
        {
            return new(files, null);
        }

        if (await Read(running.Commit, now, cancel).ConfigureAwait(false) is { } approximate)
        {
            return new(approximate, $"files compared with commit {commit}; it was deployed with uncommitted changes that are not known here");
        }

        return new(null, $"which files is unknown: commit {commit} is not in this clone{(await now.IsShallow(cancel).ConfigureAwait(false) ? ", which is shallow" : "")}");
    }

    private static async Task<IReadOnlyList<ChangedFile>?> Read(string from, WorkTree now, CancellationToken cancel)
    {
        // A name like "--output=x" or "HEAD" from a damaged record must not reach git.
        if (from.Length < 40 || !from.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var answer = await now.Git.Try(["diff-tree", "-r", "-z", "--no-renames", "--raw", from, now.Source.Tree], [], cancel).ConfigureAwait(false);
        return answer.ExitCode == 0 ? Parse(answer.Output) : null;
    }

    /// <summary><c>:oldmode newmode oldhash newhash STATUS NUL path NUL</c>, repeated.</summary>
    private static List<ChangedFile> Parse(byte[] raw)
    {
        var fields = Encoding.UTF8.GetString(raw).Split('\0');
        var files = new List<ChangedFile>();
        for (var i = 0; i + 1 < fields.Length; i += 2)
        {
            var head = fields[i].TrimStart(':').Split(' ');
            files.Add(new(fields[i + 1], head[4] switch
            {
                "A" => "new",
                "D" => "deleted",
                _ when head[2] == head[3] => "mode",
                _ => null,
            }));
        }

        return files;
    }
}
