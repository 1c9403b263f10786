using Pipeline.Aws;
using Pipeline.Backups;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gate <c>backup</c>: a snapshot could be taken of every database now. It is taken, waited for and checked under the lock, before the first change.</summary>
public static class BackupGate
{
    /// <summary>Looks at the databases of the environment's stacks.</summary>
    public static async Task<GateResult> Look(PipelineConfiguration configuration, AwsAccount aws, DateTimeOffset now, CancellationToken cancel)
    {
        if (!configuration.Environment.Backup.Database)
        {
            return new GateResult("backup", Verdict.Passed, "databases are not snapshotted here (backup.database: false); the configuration is kept", now) { Source = "pipeline.yml" };
        }

        try
        {
            var ids = (await StackContents.Of(configuration, aws.Stacks, cancel).ConfigureAwait(false)).Where(r => r.Type == "AWS::RDS::DBInstance").Select(r => r.Id).Order(StringComparer.Ordinal).ToList();
            var databases = await Task.WhenAll(ids.Select(async id => (Id: id, State: await aws.Databases.Find(id, cancel).ConfigureAwait(false)))).ConfigureAwait(false);
            return databases.FirstOrDefault(d => d.State?.Status != "available") is { Id: { } busy, State: var state }
                ? new GateResult("backup", Verdict.Failed, $"database {busy} is {state?.Status ?? "not there"}, so no snapshot of it can be taken", now) { Value = state?.Status, Threshold = "available", Source = "RDS", Next = "wait until it is available, and the same command again" }
                : new GateResult("backup", Verdict.Passed, ids.Count == 0 ? "the stacks have no database; the configuration is kept" : $"a snapshot of {string.Join(", ", ids)} is taken before the first change", now) { Source = "RDS" };
        }
        catch (PipelineException e) when (e is AwsRefusedException or AwsUnreachableException)
        {
            return new GateResult("backup", Verdict.NotEvaluable, $"the databases could not be looked at: {e.Message}", now) { Source = "RDS", Next = e.Details.FirstOrDefault(d => d.Label == "next")?.Text };
        }
    }
}
