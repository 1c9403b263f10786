using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Versions.Publishing;

/// <summary>Changes the clone by git's own commands, so that hooks, signing and everything else are as the user has them.</summary>
/// <param name="author">where git knows nobody; <c>null</c>: it does</param>
internal sealed class Writing(string root, Author? author)
{
    /// <summary>Hooks may test or build.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(15);

    /// <summary>Commits one file of a work tree where nothing else is changed.</summary>
    /// <returns>what git and the hooks said where they refused; <c>null</c>: it is committed</returns>
    public async Task<string?> Commit(string file, string message, CancellationToken cancel)
    {
        var answer = await Act(["--literal-pathspecs", "add", "--", file], "", Patience, cancel).ConfigureAwait(false);
        if (answer.ExitCode == 0)
        {
            answer = await Act(["-c", "i18n.commitEncoding=UTF-8", "commit", "--quiet", "--cleanup=whitespace", "--file=-"], message, Patience, cancel).ConfigureAwait(false);
        }

        return answer.ExitCode == 0 ? null : GitWords.Of(answer);
    }

    /// <summary>Makes an annotated tag, signed where the user signs tags.</summary>
    /// <returns>what git said where it refused; <c>null</c>: it is there</returns>
    public async Task<string?> Tag(string name, string commit, CancellationToken cancel)
    {
        var answer = await Act(["tag", "--annotate", $"--message={name}", "--", name, commit], "", Patience, cancel).ConfigureAwait(false);
        return answer.ExitCode == 0 ? null : GitWords.Of(answer);
    }

    /// <summary>Deletes references that still hold what they are said to hold: all, or none.</summary>
    public Task Delete(IEnumerable<(string Name, string Holds)> references, CancellationToken cancel) =>
        Demand(["update-ref", "--stdin"], string.Concat(["start\n", .. references.Select(r => $"delete {r.Name} {r.Holds}\n"), "commit\n"]), cancel);

    /// <summary>The branch goes back; git refuses where that would lose work that is not committed.</summary>
    public Task GoBack(string commit, CancellationToken cancel) => Demand(["reset", "--quiet", "--keep", commit], "", cancel);

    public Task Unstage(string file, CancellationToken cancel) => Demand(["--literal-pathspecs", "reset", "--quiet", "--", file], "", cancel);

    /// <summary>A file of the work tree becomes as it is staged.</summary>
    public Task Restore(string file, CancellationToken cancel) => Demand(["--literal-pathspecs", "checkout", "--quiet", "--", file], "", cancel);

    /// <summary>Runs git with a deadline.</summary>
    /// <exception cref="PipelineException">it did not end in time (6)</exception>
    public async Task<GitAnswer> Act(IReadOnlyList<string> arguments, string input, TimeSpan deadline, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(deadline);
        try
        {
            return await Git().Try(arguments, Encoding.UTF8.GetBytes(input), patience.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            throw new PipelineException(ExitCode.Unknown, $"git {Verb(arguments)} did not end within {Durations.Text(deadline)} and was stopped.", new Detail("next", "the same command again: it looks how far it came, and goes on from there"));
        }
    }

    private async Task Demand(IReadOnlyList<string> arguments, string input, CancellationToken cancel)
    {
        if (await Act(arguments, input, Patience, cancel).ConfigureAwait(false) is { ExitCode: not 0 } answer)
        {
            throw new PipelineException(ExitCode.Failed, $"git {Verb(arguments)} failed: {GitWords.Of(answer)}");
        }
    }

    private static string Verb(IReadOnlyList<string> arguments) => arguments.First(a => !a.StartsWith('-') && !a.Contains('=', StringComparison.Ordinal));

    private Git Git()
    {
        // Hooks may speak more than ASCII; only git's own sentences are to be English.
        var variables = new Dictionary<string, string>(author?.Variables ?? []) { ["LC_ALL"] = Environment.GetEnvironmentVariable("LC_ALL") ?? "", ["LANGUAGE"] = "C" };
        return new Git(root) { Variables = variables };
    }
}
