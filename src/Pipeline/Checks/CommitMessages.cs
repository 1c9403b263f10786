using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Reporting;
using Pipeline.Versions;

namespace Pipeline.Checks;

/// <summary>The messages of commits that the main line does not have yet: later nobody can reword them.</summary>
internal static class CommitMessages
{
    public const string Name = "commit messages";

    /// <summary>In <c>checks.skip</c>.</summary>
    private const string Key = "commit-messages";

    private const int ShownNotes = 3;

    /// <summary>A message that a release would misread is a mistake; one that is no Conventional Commit is a note: not every repository releases by them.</summary>
    /// <returns>empty: there is no such commit, or no main line to compare with</returns>
    public static async Task<IReadOnlyList<CheckPart>> Run(PipelineConfiguration configuration, CancellationToken cancel)
    {
        if (configuration.Checks.Skip.Contains(Key))
        {
            return [new CheckPart(Name, Verdict.Skipped, "left out by checks.skip")];
        }

        if (await UnreleasedMessages.Unmerged(configuration, strictly: false, cancel).ConfigureAwait(false) is not { Commits: > 0 } unmerged)
        {
            return [];
        }

        var (errors, notes) = (unmerged.Problems.Where(p => p.IsError).ToList(), unmerged.Problems.Where(p => !p.IsError).ToList());
        var commits = $"{Words.Count(unmerged.Commits, "commit")} {unmerged.Words}";
        return
        [
            new CheckPart(Name, errors.Count == 0 ? Verdict.Passed : Verdict.Failed, errors.Count == 0 ? commits : $"{errors.Count} misread in {commits}")
            {
                Findings = [.. errors.Select(p => new Finding("commit-message", $"{p.Commit[..7]} '{p.Subject}' {p.Problem}", Fix: p.Fix))],
                Notes = [.. notes.Take(ShownNotes).Select(p => TerminalText.Echo($"{p.Commit[..7]} '{p.Subject}' {p.Problem}")), .. notes.Count > ShownNotes ? [$"and {notes.Count - ShownNotes} more: ./build.sh --target=Release --check"] : Array.Empty<string>()],
            },
        ];
    }
}
