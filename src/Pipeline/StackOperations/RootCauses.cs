using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>The reasons that started a failure: what was merely cancelled because of them says nothing.</summary>
internal static class RootCauses
{
    private const string StackType = "AWS::CloudFormation::Stack";

    /// <summary>Finds them, oldest first; where a nested stack failed, inside it.</summary>
    /// <param name="stackId">ARN of the stack whose events they are</param>
    /// <param name="events">of the failed operation, any order</param>
    /// <param name="nested">reads the events of a nested stack by its ARN, not older than a time</param>
    public static async Task<IReadOnlyList<string>> Of(string stackId, IReadOnlyList<StackEvent> events, Func<string, DateTimeOffset, Task<IReadOnlyList<StackEvent>>> nested)
    {
        var causes = new List<string>();
        foreach (var failed in Failures(events, e => e.PhysicalId != stackId))
        {
            var inside = failed.Type == StackType && failed.PhysicalId is { Length: > 0 } id
                ? await Of(id, await nested(id, events.Min(e => e.Time)).ConfigureAwait(false), nested).ConfigureAwait(false)
                : [];
            causes.AddRange(inside.Count > 0 ? inside.Select(cause => $"{failed.LogicalId} → {cause}") : [Sentence(failed, events)]);
        }

        if (causes.Count == 0)
        {
            // Only the stack itself says something.
            causes.AddRange(Failures(events, e => e.PhysicalId == stackId).Select(e => $"{e.Status}: {e.Reason}"));
        }

        return [.. causes.Distinct()];
    }

    /// <summary>What could not be rolled back, one resource each.</summary>
    /// <param name="stackId">ARN of the stack whose events they are</param>
    public static IReadOnlyList<string> OfRollback(string stackId, IReadOnlyList<StackEvent> events) =>
        [.. Failures(events, e => e.PhysicalId != stackId).Where(e => IsRollback(e, events)).Select(e => $"{e.LogicalId} ({e.Type}): {e.Reason}").Distinct()];

    private static IEnumerable<StackEvent> Failures(IReadOnlyList<StackEvent> events, Func<StackEvent, bool> which) => events
        .Where(e => e.Failed && which(e) && e.Reason is { Length: > 0 } reason && !reason.Contains("cancelled", StringComparison.OrdinalIgnoreCase))
        .OrderBy(e => e.Time);

    private static string Sentence(StackEvent e, IReadOnlyList<StackEvent> events) => $"{(IsRollback(e, events) ? "while rolling back: " : "")}{e.LogicalId} ({e.Type}): {e.Reason}";

    private static bool IsRollback(StackEvent failed, IReadOnlyList<StackEvent> events) =>
        events.Any(e => e.Type == StackType && e.Time <= failed.Time && e.Status is "ROLLBACK_IN_PROGRESS" or "UPDATE_ROLLBACK_IN_PROGRESS" or "UPDATE_ROLLBACK_COMPLETE_CLEANUP_IN_PROGRESS" && e.Time <= failed.Time);
}
