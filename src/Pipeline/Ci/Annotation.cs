using Pipeline.Checks;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Ci;

/// <summary>Something that a runner shows beside a line of code, or above the log.</summary>
/// <param name="IsError">it ended the run or would; else it is a warning</param>
/// <param name="Title">a few words: the rule, the check</param>
/// <param name="Message">one sentence, with the fix if one is known</param>
/// <param name="File">relative to the repository, if known</param>
/// <param name="Line">from 1, if known</param>
public sealed record Annotation(bool IsError, string Title, string Message, string? File = null, int? Line = null)
{
    /// <summary>
    /// What the checks of a run found, most useful first: each part takes its turn, so that a thousand spaces do not hide the one test that
    /// failed; of one rule in one file only the first is told. What stands at a line comes before what does not.
    /// </summary>
    public static IReadOnlyList<Annotation> Of(IReadOnlyList<CheckResult> checks)
    {
        var parts = checks.SelectMany(c => c.Parts.Select(p => (Check: c.Name, Part: p))).Where(p => p.Part.Verdict is Verdict.Failed or Verdict.NotEvaluable);
        return [.. parts.SelectMany(p => Of(p.Check, p.Part).Select((annotation, turn) => (annotation, turn))).OrderBy(a => !a.annotation.IsError).ThenBy(a => a.turn).Select(a => a.annotation)];
    }

    private static IEnumerable<Annotation> Of(string check, CheckPart part)
    {
        var error = part.Verdict == Verdict.Failed;
        return part.Findings.Count == 0
            ? [new Annotation(error, $"{check}: {Shown(part.Name)}", Shown(part.Summary))]
            : part.Findings.GroupBy(f => (f.Rule, f.File)).Select(same => Of(error, same.First(), same.Count() - 1)).OrderBy(a => a.File is null);
    }

    private static Annotation Of(bool error, Finding finding, int more) =>
        new(error, Shown(finding.Rule), Shown($"{finding.Message}{(finding.Fix is { } fix ? $"\nfix: {fix}" : "")}{(more > 0 ? $"\n{more} more of it in this file" : "")}"), finding.File, finding.Line);

    /// <summary>Tools repeat whatever stands in files.</summary>
    private static string Shown(string text) => string.Join('\n', text.Split('\n').Select(TerminalText.Echo));
}
