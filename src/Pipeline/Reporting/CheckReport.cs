using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Reporting;

/// <summary>A check's result as the user reads it: a line a part, then its findings.</summary>
public static class CheckReport
{
    private const int Shown = 15;
    private const int AtLeast = 4;

    /// <summary>Prints a result.</summary>
    /// <param name="environment">for the name of the gate that allowed something</param>
    public static void Print(Output output, CheckResult result, EnvironmentSettings environment)
    {
        var shown = Math.Max(AtLeast, Shown / Math.Max(1, result.Parts.Count(p => p.Verdict != Verdict.Passed && p.Findings.Count > 0)));
        for (var i = 0; i < result.Parts.Count; i++)
        {
            var part = result.Parts[i];
            var time = i == 0 ? $"   {Durations.Text(result.Duration)}" : "";
            output.Result(i == 0 ? result.Name : "", part.Verdict, $"{Word(part.Verdict),-8} {Line(part, environment)}{time}");
            foreach (var note in part.Notes)
            {
                output.Labelled("", $"{"",-8} {note}");
            }

            var findings = part.Verdict == Verdict.Passed ? [] : part.Findings.Take(shown).ToList();
            for (var f = 0; f < findings.Count; f++)
            {
                // What mends several findings in a row is said once, below the last of them.
                output.Labelled("", Text(findings[f], withFix: f + 1 == findings.Count || findings[f + 1].Fix != findings[f].Fix));
            }

            if (findings.Count > 0 && part.Findings.Count > findings.Count)
            {
                output.Labelled("", $"and {part.Findings.Count - findings.Count} more: see artifacts/");
            }
        }

        if (string.Join(", ", CheckSummary.Slowest([result]).Select(t => $"{t.Name} {Durations.Text(t.Duration)}")) is { Length: > 0 } slowest)
        {
            output.Labelled("", $"slowest  {slowest}");
        }
    }

    /// <summary>Refuses to go on after a failed check.</summary>
    /// <exception cref="PipelineException">the check failed, or could not be evaluated where the environment demands it (exit code 1)</exception>
    public static void Demand(CheckResult result, EnvironmentSettings environment)
    {
        if (CheckGate.Judge(result, environment.Gates, environment.Name).Allowed)
        {
            return;
        }

        var bad = result.Parts.Where(p => !CheckGate.Judge([p], environment.Gates, environment.Name).Allowed).ToList();
        throw new PipelineException(ExitCode.Failed, $"{result.Name} FAILED: {string.Join("; ", bad.Select(p => $"{p.Name}: {p.Summary}"))}",
            new Detail(environment.Name, "untouched: nothing was deployed"),
            new Detail("next", bad.SelectMany(p => p.Findings).Select(f => f.Fix).OfType<string>().Select(Safe).FirstOrDefault() ?? $"mend what is named above, then ./build.sh --target={TargetOf(result.Name)}"));
    }

    private static string Line(CheckPart part, EnvironmentSettings environment) => part.Verdict == Verdict.NotEvaluable
        ? $"{part.Name}: {part.Summary}; {(environment.Gates.Unmeasured(part.Gate) == WhenNotEvaluable.Allow ? "allowed" : "refused")} in {environment.Name}{(part.Gate is { } gate ? $" by gates.{gate}" : "")}"
        : $"{part.Name}  {part.Summary}";

    private static string Text(Finding finding, bool withFix)
    {
        var file = finding.File?.Replace("\n", "\\n", StringComparison.Ordinal);
        var place = file is null ? "" : finding.Line is { } line ? $"{file}:{line}  " : $"{file}  ";
        return $"{Safe($"{place}{finding.Message} ({finding.Rule})")}{(withFix && finding.Fix is { } fix ? $"\n  fix: {Safe(fix)}" : "")}";
    }

    /// <summary>As it may be shown: tools repeat whatever stands in files and their names.</summary>
    private static string Safe(string text) => string.Join('\n', text.Split('\n').Select(TerminalText.Echo));

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "FAILED",
        Verdict.Skipped => "skipped",
        _ => "not evaluable",
    };

    private static string TargetOf(string check) => check == "Security" ? "SecurityScan" : check;
}
