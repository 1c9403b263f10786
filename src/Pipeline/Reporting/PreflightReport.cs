using Pipeline.Outcomes;
using Pipeline.Preflight;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>What <c>Doctor</c> and the start of a deployment found.</summary>
public static class PreflightReport
{
    /// <summary>Prints every finding: the matter, its findings below each other, a fix below what is not good.</summary>
    public static void Tree(Output output, IReadOnlyList<FindingGroup> groups)
    {
        foreach (var group in groups)
        {
            for (var i = 0; i < group.Findings.Count; i++)
            {
                var finding = group.Findings[i];
                output.Labelled(i == 0 ? group.Name : "", $"{Word(finding.Standing),-5} {finding.Subject}: {finding.Text}{(finding.Fix is null ? "" : $"\n      fix: {finding.Fix}")}", Colour(finding.Standing));
            }
        }

        output.Say();
        output.Say(Summary(groups));
    }

    /// <summary>One line for a deployment that may go on, and what it could not look at.</summary>
    public static void Line(Output output, IReadOnlyList<FindingGroup> groups)
    {
        output.Labelled("Preflight", Summary(groups));
        foreach (var finding in groups.SelectMany(g => g.Findings).Where(f => f.Standing == Standing.Skip && f.Text.StartsWith("these credentials lack", StringComparison.Ordinal)))
        {
            output.Labelled("", $"{finding.Subject}: {finding.Text}", Color.Yellow);
        }
    }

    /// <summary>Refuses where something is not good.</summary>
    /// <exception cref="PipelineException">exit code 1: the tree above it says what</exception>
    public static void Demand(IReadOnlyList<FindingGroup> groups, string environment)
    {
        var bad = Count(groups, Standing.Ng);
        if (bad > 0)
        {
            throw new PipelineException(ExitCode.Failed, $"{bad} {(bad == 1 ? "check says" : "checks say")} NG: a deployment to {environment} would fail, do harm, or go untold.",
                new Detail(environment, "untouched: nothing was changed"),
                new Detail("next", "mend what is named above, then the same command again"));
        }
    }

    private static string Summary(IReadOnlyList<FindingGroup> groups) =>
        $"{Count(groups, Standing.Ok)} OK, {Count(groups, Standing.Ng)} NG, {Count(groups, Standing.Skip)} skipped";

    private static int Count(IReadOnlyList<FindingGroup> groups, Standing standing) => groups.Sum(g => g.Findings.Count(f => f.Standing == standing));

    private static string Word(Standing standing) => standing.ToString().ToUpperInvariant();

    private static Color? Colour(Standing standing) => standing switch
    {
        Standing.Ng => Color.Red,
        Standing.Skip => Color.Yellow,
        _ => null,
    };
}
