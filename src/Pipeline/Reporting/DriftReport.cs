using Pipeline.StackOperations;

namespace Pipeline.Reporting;

/// <summary>What is not as its template says, and how much of it could be looked at.</summary>
public static class DriftReport
{
    /// <summary>Prints one line a stack, below it the differences.</summary>
    public static void Print(Output output, string environment, IReadOnlyList<StackDrift> drifts)
    {
        foreach (var drift in drifts)
        {
            output.Labelled(drift == drifts[0] ? "Drift" : "", $"{drift.StackName}  {Text(drift)}");
        }

        var drifted = drifts.Count(d => d.Drifted.Any());
        output.Say(drifted == 0
            ? $"Nothing that CloudFormation can compare in {environment} was changed past it."
            : $"{drifted} of {drifts.Count} stacks of {environment} drifted. A deployment puts back only what it changes anyway: take the change into the template, or undo it by hand.");
    }

    /// <summary>One stack's line and its differences.</summary>
    public static string Text(StackDrift drift)
    {
        var seen = $"{drift.Compared.Count} of {drift.Resources} resources can be compared";
        var head = drift.NotChecked is { } why ? $"not checked: {why}"
            : drift.Compared.Count == 0 ? $"nothing checkable ({seen})"
            : drift.Drifted.Any() ? $"DRIFTED ({seen})"
            : $"in sync as far as {seen}";
        return string.Join('\n', [head, .. drift.Drifted.SelectMany(Lines)]);
    }

    private static IEnumerable<string> Lines(Aws.ResourceDrift drifted) => drifted.Status == "DELETED"
        ? [$"{drifted.LogicalId} ({drifted.Type}) was deleted"]
        : drifted.Differences.Select(d => $"{drifted.LogicalId} ({drifted.Type}) {d.Path}: {d.Expected ?? "nothing"} in the template, {d.Actual ?? "nothing"} in reality");
}
