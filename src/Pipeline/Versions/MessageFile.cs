using System.Text;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Versions;

/// <summary>The file that git's commit-msg hook gets: a message that is about to be committed.</summary>
public static class MessageFile
{
    private const string Scissors = "------------------------ >8 ------------------------";
    private static readonly string[] Unfinished = ["fixup! ", "squash! ", "amend! "];

    /// <summary>Looks at it as git will keep it. A commit that is made for <c>rebase --autosquash</c>, and a merge, say nothing of their own.</summary>
    /// <exception cref="UsageException">there is no such file</exception>
    public static async Task<IReadOnlyList<MessageProblem>> Check(PipelineConfiguration configuration, string file, CancellationToken cancel)
    {
        ArgumentNullException.ThrowIfNull(configuration);
        var git = new Git(configuration.Root);
        var text = await Read(Path.GetFullPath(file, configuration.Root), cancel).ConfigureAwait(false);
        var kept = await git.Try(["stripspace", "--strip-comments"], Encoding.UTF8.GetBytes(text), cancel).ConfigureAwait(false);
        var message = kept.ExitCode == 0 ? Encoding.UTF8.GetString(kept.Output) : text;
        var isMerge = (await git.Try(["rev-parse", "--verify", "--quiet", "MERGE_HEAD"], [], cancel).ConfigureAwait(false)).ExitCode == 0;
        // An empty message ends the commit anyway.
        return isMerge || message.Length == 0 || Unfinished.Any(u => message.StartsWith(u, StringComparison.Ordinal)) ? [] : MessageCheck.Of(message, configuration.Versions);
    }

    private static async Task<string> Read(string file, CancellationToken cancel)
    {
        try
        {
            var text = await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false);
            // git commit --verbose shows the change below this line, and keeps nothing of it.
            var cut = text.IndexOf(Scissors, StringComparison.Ordinal);
            return cut < 0 ? text : text[..(text.LastIndexOf('\n', cut) + 1)];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new UsageException($"--message={file}: {e.Message}", new Detail("next", "the path of a file that holds a commit's message"));
        }
    }
}
