using Cake.Frosting;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Reporting;
using Pipeline.Watching;

namespace Build.Tasks;

[TaskName("Monitor")]
[TaskDescription("Look at the watch over the last release and roll it back if a trigger fired; --watch: until the watch ends")]
public sealed class Monitor : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var environment = context.Settings.Environment;
        if (context.IsUntouched || environment.Watch is not { } settings)
        {
            context.Output.Say($"Nothing is watched in {environment.Name}{(environment.Watch is null ? ": its configuration has no watch" : "")}.");
            return;
        }

        await context.Aftercare(after => after.CatchUp(context.Cancel));
        var (aws, store) = (await context.Aws(), await context.Store());
        var audit = new ReleaseLedger(store, environment.Name).Audit;
        var caller = new Lazy<Task<string>>(async () => (await aws.Identity.Caller(context.Cancel)).Arn);
        var watcher = new Watcher(context.Settings, aws, new WatchBook(store, environment.Name), TimeProvider.System)
        {
            Tell = async (outcome, text, watch, cancel) => await audit.Append(new AuditEvent("watch", outcome, await caller.Value, text) { Deployment = watch.Release }, cancel),
        };
        Task<string> GoBack(Incident incident, CancellationToken cancel) => RollBack(context, incident, cancel);
        var result = context.Typed.Has(Options.Watch)
            ? await context.Output.WithRows("Watch", rows => LiveWatch.Follow(watcher, settings.Point, GoBack, looked => Show(context, rows, looked), context.Cancel))
            : await watcher.Tick(GoBack, context.Cancel);
        context.Notify(context.Notices().Of(result));
        WatchReport.Print(context.Output, result);
    }

    private static void Show(BuildContext context, Rows rows, TickResult looked)
    {
        WatchReport.Show(rows, looked, context.Output.Live);
        context.Notify(context.Notices().Of(looked));
    }

    /// <summary>The way back that an incident takes; the same incident again finds what it did before.</summary>
    /// <returns>id of the release that went back</returns>
    private static async Task<string> RollBack(BuildContext context, Incident incident, CancellationToken cancel)
    {
        context.Notify(context.Notices().Fired(incident));
        var request = new RollbackRequest(RollbackTarget.Of(null, null), incident.Text, "Monitor") { Incident = incident.Id };
        var route = await Guards.WayBack(context);
        var back = await context.Told(() => route.Run(request, cancel), r => r.Record);
        await context.Aftercare(after => after.Of(back.Record, cancel));
        return back.Record.Id;
    }
}
