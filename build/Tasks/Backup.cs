using Cake.Frosting;
using Pipeline.Backups;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Backup")]
[TaskDescription("Take a backup now: snapshots of the databases, and the configuration")]
public sealed class Backup : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var backups = new BackupRoom(context.Settings, await context.Aws(), await context.Store(), TimeProvider.System);
        var taken = await backups.TakeNow(line => context.Output.Labelled("Backup", line), context.Cancel);
        BackupReport.Taken(context.Output, context.Settings.Environment.Name, taken);
    }
}
