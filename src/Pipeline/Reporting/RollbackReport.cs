using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Reporting;

/// <summary>What a rollback says before and after.</summary>
public static class RollbackReport
{
    private static readonly string[] OfTheVersion = ["ImageUri", "Version"];

    /// <summary>What goes back: versions, and of stacks which of template and parameters.</summary>
    /// <param name="now">stack → what is applied</param>
    public static void Going(Output output, DeploymentOrder order, IReadOnlyDictionary<string, StackSnapshot> now)
    {
        var record = order.Record;
        output.Labelled("Rollback", $"{record.Environment} goes back to release {record.BackTo}{(record.Incident is { } incident ? $" (incident {incident})" : "")}: {record.Reason}");
        foreach (var service in order.Services)
        {
            var change = record.Services.FirstOrDefault(s => s.Service == service.Name);
            output.Labelled("", $"{service.Name,-10} {(change is null ? $"{service.Running.Version} stays" : $"{change.From ?? "–"} → {change.To}   {Words.Digest(change.ToDigest)}")}");
        }

        foreach (var stack in order.Stacks.Where(s => s.Due))
        {
            output.Labelled("", $"{stack.Name,-10} stack: {Changes(now.GetValueOrDefault(stack.Name), stack.Snapshot)}");
        }

        if (!order.Stacks.Any(s => s.Due))
        {
            output.Labelled("", "no stack changes; what runs is proven");
        }
    }

    /// <summary>How it ended.</summary>
    /// <exception cref="PipelineException">the incident's rollback, made earlier, had failed (4 or 5)</exception>
    public static void Gone(Output output, RollbackResult result, TimeSpan took)
    {
        var record = result.Record;
        if (result.Deployed is { } deployed)
        {
            output.Say();
            output.Say($"{record.Environment} is back at release {record.BackTo} after {Durations.Text(took)}.   release {record.Id}");
            foreach (var proof in deployed.Proofs)
            {
                output.Say($"  {proof.Service,-10} {proof.Url}   {proof.Version}   {Words.Count(proof.Tasks, "task")}, {proof.HealthyTargets} healthy, {proof.SmokePassed} smoke checks passed");
            }

            return;
        }

        var what = $"incident {record.Incident} had its rollback: {record.Id} (to {record.BackTo}), {HistoryTable.Word(record.Outcome)}";
        if (record.Outcome != ReleaseOutcome.Succeeded)
        {
            throw new PipelineException(record.Outcome == ReleaseOutcome.RolledBack ? ExitCode.DeploymentFailed : ExitCode.RollbackFailed, $"{what}.",
                [.. record.Failure.Select(f => new Detail("why", f)), new Detail("next", $"./build.sh --target=Rollback --environment={record.Environment} --to=RELEASE, decided by a person; ./build.sh --target=Status first")]);
        }

        output.Say($"Nothing to do: {what}.");
    }

    private static string Changes(StackSnapshot? now, StackSnapshot then)
    {
        if (now is null)
        {
            return "is brought to what it was given then";
        }

        List<string> parameters = [.. then.Parameters.Keys.Union(now.Parameters.Keys).Where(p => then.Parameters.GetValueOrDefault(p) != now.Parameters.GetValueOrDefault(p))];
        string[] what =
        [
            .. now.Template == then.Template ? [] : (string[])["template"],
            .. parameters.Intersect(OfTheVersion).Any() ? ["version"] : (string[])[],
            .. parameters.Except(OfTheVersion).ToList() is { Count: > 0 } other ? [$"parameters {string.Join(", ", other)}"] : (string[])[],
        ];
        return what.Length == 0 ? "tags or guards" : string.Join(", ", what);
    }
}
