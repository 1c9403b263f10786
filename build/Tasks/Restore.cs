using Cake.Frosting;
using Pipeline.Backups;

namespace Build.Tasks;

[TaskName("Restore")]
[TaskDescription("Show a backup and bring its configuration back; --database: its databases, as new instances beside those that run")]
public sealed class Restore : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var route = new RestoreRoute(context.Settings, await context.Aws(), await context.Store(), context.Output, TimeProvider.System);
        var id = context.Typed[Options.Backup];
        await (context.Typed.Has(Options.Database) ? route.Databases(id, context.Cancel) : route.Configuration(id, context.Confirmation, context.Cancel));
    }
}
