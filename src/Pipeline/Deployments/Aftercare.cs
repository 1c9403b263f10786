using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.Watching;

namespace Pipeline.Deployments;

/// <summary>What follows a release that succeeded: its watch begins, and what it left out is owed, or what it made good is settled.</summary>
public sealed class Aftercare(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private static readonly TimeSpan Grace = TimeSpan.FromDays(7);
    private readonly TimeProvider _time = TimeProvider.System;

    /// <summary>Sees to it. The release serves already: what fails here is said and does not undo it.</summary>
    public async Task Of(ReleaseRecord release, CancellationToken cancel)
    {
        await Tried("Watch", () => Watch(release, cancel)).ConfigureAwait(false);
        await Tried("Debts", () => Settle(release, cancel)).ConfigureAwait(false);
        await Tried("Zones", () => Zones(release, cancel)).ConfigureAwait(false);
    }

    /// <summary>Sees to what is counted of a release that failed.</summary>
    public Task OfFailed(string release, CancellationToken cancel) => Tried("Zones", async () =>
    {
        if (await new ReleaseLedger(store, configuration.Environment.Name).Release(release, cancel).ConfigureAwait(false) is { } failed)
        {
            await Zones(failed, cancel).ConfigureAwait(false);
        }
    });

    /// <summary>Sees to the last release if the run that deployed it died before it could.</summary>
    public async Task CatchUp(CancellationToken cancel)
    {
        if (await new ReleaseLedger(store, configuration.Environment.Name).Releases(1, cancel).ConfigureAwait(false) is [{ Outcome: ReleaseOutcome.Succeeded } last]
            && await new WatchBook(store, configuration.Environment.Name).Find(last.Id, cancel).ConfigureAwait(false) is null)
        {
            await Of(last, cancel).ConfigureAwait(false);
        }
    }

    private async Task Watch(ReleaseRecord release, CancellationToken cancel)
    {
        var audit = new ReleaseLedger(store, configuration.Environment.Name).Audit;
        var watcher = new Watcher(configuration, aws, new WatchBook(store, configuration.Environment.Name), _time)
        {
            Tell = async (outcome, text, watch, stop) => await audit.Append(new AuditEvent("watch", outcome, release.Requester ?? release.By, text) { Deployment = watch.Release }, stop).ConfigureAwait(false),
        };
        if (await watcher.Begin(release, [], cancel).ConfigureAwait(false) is { } watch)
        {
            output.Labelled("Watch", $"until {watch.Until.UtcDateTime:yyyy-MM-dd HH:mm} UTC   look: ./build.sh --target=Monitor --environment={configuration.Environment.Name}");
        }
    }

    /// <summary>Reading every stack's events is only worth it where a template has zones or records.</summary>
    private async Task Zones(ReleaseRecord release, CancellationToken cancel)
    {
        var templates = configuration.Stacks.Where(s => s.Template.Length > 0).Select(s => File.ReadAllText(Path.Combine(configuration.Root, s.Template)));
        if (templates.Any(t => t.Contains("AWS::Route53::", StringComparison.Ordinal)))
        {
            await new ZoneOperations(configuration, aws).Publish(release, _time.GetUtcNow(), cancel).ConfigureAwait(false);
        }
    }

    private async Task Settle(ReleaseRecord release, CancellationToken cancel)
    {
        var debts = new DebtBook(store, configuration.Environment.Name, _time);
        if (release.Kind == ReleaseKind.Emergency)
        {
            foreach (var gate in release.Gates.Where(g => g is { Verdict: Verdict.Skipped, By: not null }))
            {
                var debt = await debts.Open(release, gate.Name, (gate.By!, release.Reason ?? ""), _time.GetUtcNow() + Grace, cancel).ConfigureAwait(false);
                output.Labelled("Debt", $"{debt.Skipped} was left out; due {debt.Due.UtcDateTime:yyyy-MM-dd}", Spectre.Console.Color.Yellow);
            }
        }
        else
        {
            foreach (var debt in await debts.SettleBy(release, release.Gates, cancel).ConfigureAwait(false))
            {
                output.Labelled("Debt", $"{debt.Id} is settled");
            }
        }
    }

    private async Task Tried(string what, Func<Task> step)
    {
        try
        {
            await step().ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            output.Labelled(what, $"the release is deployed, but: {e.Message}", Spectre.Console.Color.Red);
        }
    }
}
