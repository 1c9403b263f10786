using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>A check's result as the user reads it: a line a part, then its findings.</summary>
public static class CheckReport
{
    private const int Shown = 15;

    /// <summary>Prints a result.</summary>
    /// <param name="environment">for the name of the gate that allowed something</param>
    public static void Print(Output output, CheckResult result, EnvironmentSettings environment)
    {
        for (var i = 0; i < result.Parts.Count; i++)
        {
            var part = result.Parts[i];
            var time = i == 0 ? $"   {Durations.Text(result.Duration)}" : "";
            output.Result(i == 0 ? result.Name : "", part.Verdict, $"{Word(part.Verdict),-8} {Line(part, environment)}{time}");
            foreach (var note in part.Notes)
            {
                output.Labelled("", $"{"",-8} {note}");
            }

            foreach (var finding in part.Findings.Take(part.Verdict == Verdict.Passed ? 0 : Shown))
            {
                output.Labelled("", Text(finding));
            }

            if (part.Verdict != Verdict.Passed && part.Findings.Count > Shown)
            {
                output.Labelled("", $"and {part.Findings.Count - Shown} more: see artifacts/");
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

        var bad = result.Parts.Where(p => p.Verdict is not (Verdict.Passed or Verdict.Skipped)).ToList();
        throw new PipelineException(ExitCode.Failed, $"{result.Name} FAILED: {string.Join("; ", bad.Select(p => $"{p.Name}: {p.Summary}"))}",
            new Detail(environment.Name, "untouched: nothing was deployed"),
            new Detail("next", bad.SelectMany(p => p.Findings).FirstOrDefault(f => f.Fix is not null)?.Fix ?? $"mend what is named above, then ./build.sh --target={TargetOf(result.Name)}"));
    }

    private static string Line(CheckPart part, EnvironmentSettings environment) => part.Verdict == Verdict.NotEvaluable
        ? $"{part.Name}: {part.Summary}; {(environment.Gates.Unmeasured(part.Gate) == WhenNotEvaluable.Allow ? "allowed" : "refused")} in {environment.Name}{(part.Gate is { } gate ? $" by gates.{gate}" : "")}"
        : $"{part.Name}  {part.Summary}";

    private static string Text(Finding finding)
    {
        var place = finding.File is null ? "" : finding.Line is { } line ? $"{finding.File}:{line}  " : $"{finding.File}  ";
        return $"{place}{finding.Message} ({finding.Rule}){(finding.Fix is { } fix ? $"\n  fix: {fix}" : "")}";
    }

    private static string Word(Verdict verdict) => verdict switch
    {
        Verdict.Passed => "passed",
        Verdict.Failed => "FAILED",
        Verdict.Skipped => "skipped",
        _ => "not evaluable",
    };

    private static string TargetOf(string check) => check == "Security" ? "SecurityScan" : check;
}
