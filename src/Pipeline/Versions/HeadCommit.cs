using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions;

/// <summary>What is checked out.</summary>
/// <param name="Hash">full</param>
/// <param name="Branch">its name, or <see cref="Detached"/></param>
/// <param name="Edge">commits of a shallow clone whose parents it lacks; empty: nothing is missing</param>
internal sealed record HeadCommit(string Hash, string Branch, IReadOnlySet<string> Edge)
{
    public const string Detached = "(detached)";

    private const string Heads = "refs/heads/";

    /// <exception cref="UsageException">no repository, or no commit</exception>
    public static async Task<HeadCommit> Read(Git git, CancellationToken cancel)
    {
        var answer = WorkTree.IsTop(git)
            ? await git.Try(["rev-parse", "--is-shallow-repository", "--git-path", "shallow", "HEAD^{commit}", "--symbolic-full-name", "HEAD"], [], cancel).ConfigureAwait(false)
            : null;
        if (answer is not { ExitCode: 0 })
        {
            throw await WorkTree.Refusal(git, cancel).ConfigureAwait(false);
        }

        var lines = Encoding.UTF8.GetString(answer.Output).Split('\n');
        var edge = Path.Combine(git.Root, lines[1]);
        return new HeadCommit(
            lines[2],
            lines[3].StartsWith(Heads, StringComparison.Ordinal) ? lines[3][Heads.Length..] : Detached,
            lines[0] == "true" && File.Exists(edge) ? (await File.ReadAllLinesAsync(edge, cancel).ConfigureAwait(false)).ToHashSet() : new HashSet<string>());
    }
}
