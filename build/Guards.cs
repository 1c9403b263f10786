using Pipeline.Backups;
using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Preflight;
using Pipeline.Watching;

namespace Build;

/// <summary>What stands around a release: gates that look at more than the release, the backup before it, the triggers during it.</summary>
internal static class Guards
{
    /// <summary>Gates beside those that every environment has.</summary>
    public static async Task<IReadOnlyList<Func<DeploymentOrder, CancellationToken, Task<GateResult>>>> Further(BuildContext context)
    {
        var (settings, aws, ledger) = (context.Settings, await context.Aws(), await context.Ledger());
        if (settings.Environment.Gates.Promotion is null)
        {
            return [];
        }

        var waiver = context.Typed.Has(Options.WithoutWayBack) ? (await aws.Identity.Caller(context.Cancel)).Arn : null;
        return
        [
            .. settings.Environment.Gates.LowTraffic is { } maximum ? [(_, cancel) => LowTrafficGate.Look(settings, aws, maximum, DateTimeOffset.UtcNow, cancel)] : Array.Empty<Func<DeploymentOrder, CancellationToken, Task<GateResult>>>(),
            (_, cancel) => RollbackReadiness.Look(settings, aws, ledger, TimeProvider.System, waiver, cancel),
            (_, cancel) => BackupGate.Look(settings, aws, DateTimeOffset.UtcNow, cancel),
        ];
    }

    /// <summary>Where something is promoted the configuration is always kept; databases as the environment says.</summary>
    public static async Task<Func<string, DeploymentOrder, CancellationToken, Task>> Before(BuildContext context)
    {
        var (environment, store) = (context.Settings.Environment, await context.Store());
        var watches = new WatchBook(store, environment.Name);
        var backups = environment.Backup.Database || environment.Gates.Promotion is not null
            ? new BackupRoom(context.Settings, await context.Aws(), store, TimeProvider.System) { WithoutDatabases = !environment.Backup.Database || context.Typed.Has(Options.WithoutSnapshot) }
            : null;
        return async (deployment, order, cancel) =>
        {
            if (order.Record.Kind == ReleaseKind.Emergency)
            {
                context.Notify(context.Notices().Emergency(order.Record));
            }

            if (backups is not null)
            {
                await backups.Take(deployment, line => context.Output.Labelled("Backup", line), cancel);
            }

            await watches.Supersede(order.Record, DateTimeOffset.UtcNow, cancel);
        };
    }

    /// <summary>The watch's triggers, on a new revision that has traffic while the old one still runs.</summary>
    public static async Task<Func<RolloutUnderWatch, CancellationToken, Task<string?>>?> Judge(BuildContext context)
    {
        if (context.Settings.Environment.Watch is not { RollsBack: true })
        {
            return null;
        }

        var triggers = new BakeTriggers(context.Settings, await context.Aws());
        return async (rollout, cancel) => rollout.TargetGroup is { } group ? await triggers.Judge(rollout.Target.Settings.Name, group, rollout.Since, DateTimeOffset.UtcNow, cancel) : null;
    }

    /// <summary>The way back to what is known to be good.</summary>
    public static async Task<RollbackRoute> WayBack(BuildContext context)
    {
        var (environment, aws, store) = (context.Settings.Environment, await context.Aws(), await context.Store());
        var backups = new BackupRoom(context.Settings, aws, store, TimeProvider.System);
        return new RollbackRoute(context.Settings, aws, store, context.Output)
        {
            AllowReplace = Pipeline.StackOperations.Allowance.Of(context.Typed[Options.AllowReplace]),
            WithoutWayBack = context.Typed.Has(Options.WithoutWayBack),
            Record = context.Release.Record,
            Survived = new Survival(new WatchBook(store, environment.Name), environment.Watch is not null).Of,
            SnapshotBefore = async (release, cancel) => (await backups.List(cancel)).FirstOrDefault(b => b.Release == (release.Request ?? release.Id)) is { Snapshots: [var first, ..] } ? first.Snapshot : null,
        };
    }
}
