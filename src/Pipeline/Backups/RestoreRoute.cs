using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Backups;

/// <summary><c>Restore</c>: shows what a backup holds, and brings of it back what a person wants.</summary>
public sealed class RestoreRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output, TimeProvider time)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly BackupRoom _backups = new(configuration, aws, store, time);

    /// <summary>The databases of a backup, as new instances.</summary>
    /// <param name="id">of the backup; <c>null</c>: none was named</param>
    /// <exception cref="PipelineException">no such backup (2), or see <see cref="DatabaseRestore.Run"/></exception>
    public async Task Databases(string? id, CancellationToken cancel)
    {
        var backup = await Named(id, cancel).ConfigureAwait(false);
        var restored = await new DatabaseRestore(configuration, aws, store, time).Run(backup.Record, line => output.Labelled("Restore", line), cancel).ConfigureAwait(false);
        BackupReport.Restored(output, restored, aws.IsAws);
    }

    /// <summary>The configuration of a backup, after a person has seen the difference and typed the backup's id.</summary>
    /// <param name="id">of the backup; <c>null</c>: none was named</param>
    /// <param name="confirm">asks for it; answers <c>null</c> where nobody can be asked</param>
    /// <exception cref="PipelineException">no such backup (2); not confirmed, or it was changed meanwhile (3)</exception>
    public async Task Configuration(string? id, Func<CancellationToken, Task<string?>> confirm, CancellationToken cancel)
    {
        var backup = await Named(id, cancel).ConfigureAwait(false);
        BackupReport.Contents(output, backup, await _backups.Check(backup.Record, cancel).ConfigureAwait(false));
        var restore = new ConfigurationRestore(configuration, aws, store);
        var plan = await restore.Plan(backup, cancel).ConfigureAwait(false);
        BackupReport.Plan(output, plan);
        if (plan.IsNothing)
        {
            return;
        }

        var typed = await confirm(cancel).ConfigureAwait(false);
        if (typed != backup.Record.Id)
        {
            throw new PipelineException(ExitCode.Refused, typed is null ? "REFUSED: restoring configuration wants the backup's id as a confirmation." : $"REFUSED: '{typed}' is not '{backup.Record.Id}'.",
                new Detail(_environment, "untouched"), new Detail("next", $"./build.sh --target=Restore --environment={_environment} --backup={backup.Record.Id} --confirm={backup.Record.Id}"));
        }

        await restore.Apply(backup, plan, line => output.Labelled("Restore", line), cancel).ConfigureAwait(false);
    }

    private async Task<BackupManifest> Named(string? id, CancellationToken cancel)
    {
        if (id is not null && await _backups.Find(id, cancel).ConfigureAwait(false) is { } found)
        {
            return found;
        }

        var known = await _backups.List(cancel).ConfigureAwait(false);
        throw new UsageException(id is null ? "Restore wants a backup: --backup=ID." : $"{_environment} has no backup '{id}'.",
        [
            .. known.Count == 0 ? [new Detail("why", $"{_environment} has no backup at all")] : known.Select(b => new Detail("backup", BackupReport.Line(b, time.GetUtcNow()))),
            new Detail("next", known.Count == 0 ? $"./build.sh --target=Backup --environment={_environment}" : $"./build.sh --target=Restore --environment={_environment} --backup={known[0].Id}"),
        ]);
    }
}
