using System.Text;
using Pipeline.Changes;

namespace Pipeline.Ci;

/// <summary>The head commit's message, for runners that do not hand it over.</summary>
public static class HeadCommit
{
    private const int Shortest = 7;

    /// <summary>Asks git.</summary>
    /// <param name="commit">as the runner names it; nothing but a hash is asked for</param>
    /// <returns><c>null</c>: it is not here, as in a shallow clone of a pull request's trial merge</returns>
    public static async Task<string?> Message(string root, string? commit, CancellationToken cancel)
    {
        if (commit is not { Length: >= Shortest } || !commit.All(char.IsAsciiHexDigit))
        {
            return null;
        }

        var answer = await new Git(root).Try(["log", "-1", "--format=%B", commit, "--"], [], cancel).ConfigureAwait(false);
        return answer.ExitCode == 0 ? Encoding.UTF8.GetString(answer.Output) : null;
    }
}
