using System.Globalization;
using Pipeline.Backups;

namespace Pipeline.Reporting;

/// <summary>Backups, for people.</summary>
public static class BackupReport
{
    private const int LongestValue = 60;

    /// <summary>One backup in one line.</summary>
    public static string Line(BackupRecord backup, DateTimeOffset now) => string.Join("  ",
        backup.Id, $"{Durations.Age(now - backup.At)} ago", backup.Release is null ? "taken by hand" : "before that release",
        backup.Pruned is { } at ? $"snapshots deleted on {at.UtcDateTime.ToString("yyyy-MM-dd", CultureInfo.InvariantCulture)}" : Words.Count(backup.Snapshots.Count, "snapshot"));

    /// <summary>A backup that was just taken.</summary>
    public static void Taken(Output output, string environment, BackupRecord backup)
    {
        output.Say($"Backup {backup.Id}");
        Snapshots(output, backup);
        output.Say($"  next     ./build.sh --target=Restore --environment={environment} --backup={backup.Id} shows what is in it; --database brings its databases up beside those that run");
    }

    /// <summary>What is in a backup, and what is no longer true of it.</summary>
    public static void Contents(Output output, BackupManifest backup, IReadOnlyList<string> wrong)
    {
        var record = backup.Record;
        output.Say($"Backup {record.Id}, {record.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture)} UTC, of {record.Of ?? "an environment without a release"}, by {record.By}");
        Snapshots(output, record);
        output.Say($"  kept     {backup.Configuration.Summary}");
        foreach (var line in wrong)
        {
            output.Say($"  LOST     {line}");
        }
    }

    /// <summary>What restoring the configuration would change.</summary>
    public static void Plan(Output output, RestorePlan plan)
    {
        foreach (var parameter in plan.Parameters)
        {
            output.Say($"  change   parameter {parameter.Name}: {(parameter.Now is null ? "gone" : $"'{Cut(parameter.Now)}'")} → '{Cut(parameter.Then)}'");
        }

        foreach (var definition in plan.Definitions)
        {
            output.Say($"  change   task definition {definition.Arn[(definition.Arn.LastIndexOf('/') + 1)..]}: inactive → registered again, as a new revision");
        }

        foreach (var line in plan.Left)
        {
            output.Say($"  stays    {line}");
        }

        if (plan.IsNothing)
        {
            output.Say("Nothing to restore: parameters and task definitions are as they were.");
        }
    }

    /// <summary>Databases that were brought up, and how to switch over to them.</summary>
    /// <param name="onAws">endpoints follow identifiers there</param>
    public static void Restored(Output output, IReadOnlyList<RestoredDatabase> databases, bool onAws)
    {
        foreach (var database in databases)
        {
            output.Say($"{database.Instance}  available at {database.Endpoint}  {(database.Answers is true ? "takes connections" : "not reachable from here: its status and endpoint are all that was seen")}");
            output.Say($"  rows     of snapshot {database.Snapshot}; master user and password are those of {database.Original} at that time");
            output.Say($"  serves   {database.Original}, as before: nothing was switched over");
            foreach (var step in onAws ? Rename(database) : CopyBack(database))
            {
                output.Say($"  next     {step}");
            }
        }
    }

    /// <summary>An endpoint's name is made of the identifier: who swaps identifiers swaps databases, and the stack goes on with its own.</summary>
    private static IEnumerable<string> Rename(RestoredDatabase database) =>
    [
        $"look into it first; then stop what writes to {database.Original}, and",
        $"aws rds modify-db-instance --db-instance-identifier {database.Original} --new-db-instance-identifier {Replaced(database.Original)} --apply-immediately",
        $"aws rds modify-db-instance --db-instance-identifier {database.Instance} --new-db-instance-identifier {database.Original} --apply-immediately",
    ];

    /// <summary>The embedded cloud's endpoints are ports, which identifiers do not move.</summary>
    private static IEnumerable<string> CopyBack(RestoredDatabase database) =>
    [
        $"look into it first; then stop what writes to {database.Original}, and copy back: pg_dump --clean --if-exists -h {database.Endpoint.Host} -p {database.Endpoint.Port} … | psql … (the port of {database.Original})",
    ];

    private static string Replaced(string id) => $"{id[..Math.Min(id.Length, 54)].TrimEnd('-')}-replaced";

    private static void Snapshots(Output output, BackupRecord backup)
    {
        foreach (var kept in backup.Snapshots)
        {
            output.Say($"  {kept.Instance}  snapshot {kept.Snapshot}  {kept.SizeGiB} GiB  {(kept.Encrypted ? "encrypted" : "NOT ENCRYPTED")}  available after {Durations.Text(TimeSpan.FromSeconds(kept.Seconds))}");
        }

        if (backup.Snapshots.Count == 0)
        {
            output.Say("  no database");
        }
    }

    private static string Cut(string value) => value.Length <= LongestValue ? value : $"{value[..(LongestValue - 1)]}…";
}
