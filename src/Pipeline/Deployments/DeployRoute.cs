using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>The last part of every route, from images to a proven environment: plan, lock, settle what was left behind, deploy.</summary>
public sealed class DeployRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Deploys what the release has.</summary>
    /// <param name="changes">what is due</param>
    /// <param name="images">of the due services</param>
    /// <returns>what was proven; <c>null</c>: nothing was due</returns>
    public async Task<DeploymentResult?> Run(ChangeSummary changes, IReadOnlyList<BuiltImage> images, CancellationToken cancel)
    {
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        if (!await IsDue(changes, images, state, cancel).ConfigureAwait(false))
        {
            return null;
        }

        await using var held = await EnvironmentLock.Take(store, _environment, $"deploying {changes.Source.Abbreviated}", cancel).ConfigureAwait(false);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancel, held.Lost);
        await new Recovery(configuration, aws, _ledger).Settle(line => output.Labelled("Recovery", line), alive.Token).ConfigureAwait(false);
        // Read again: before the lock was ours, somebody may have finished another release.
        state = await _ledger.State(alive.Token).ConfigureAwait(false);
        var order = Order(changes, images, state, await Missing(state, alive.Token).ConfigureAwait(false));
        return await output.WithRows("Stacks", async rows =>
        {
            using var deployment = new Deployment(order, aws, _ledger, rows);
            return await deployment.Run(alive.Token).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    private async Task<bool> IsDue(ChangeSummary changes, IReadOnlyList<BuiltImage> images, EnvironmentState state, CancellationToken cancel)
    {
        if (changes.Due.Any() || await _ledger.Releases(1, cancel).ConfigureAwait(false) is [{ Outcome: ReleaseOutcome.Running }])
        {
            return true;
        }

        var missing = await Missing(state, cancel).ConfigureAwait(false);
        return Order(changes, images, state, missing).Stacks.Any(s => s.Due);
    }

    /// <summary>Stacks that the record has but CloudFormation has not, or not in a state that can be built on.</summary>
    private async Task<IReadOnlySet<string>> Missing(EnvironmentState state, CancellationToken cancel)
    {
        var looked = await Task.WhenAll(state.Stacks.Keys.Select(async stack =>
            (stack, (await aws.Stacks.Describe($"{configuration.Name}-{_environment}-{stack}", cancel).ConfigureAwait(false))?.Status))).ConfigureAwait(false);
        return looked.Where(l => StackStatuses.Before(l.Status) != BeforeOperation.Update).Select(l => l.stack).ToHashSet();
    }

    private DeploymentOrder Order(ChangeSummary changes, IReadOnlyList<BuiltImage> images, EnvironmentState state, IReadOnlySet<string> missing)
    {
        var services = changes.Services.Select(decision => Target(decision, changes.Source, images, state)).ToList();
        var known = missing.Aggregate(state, (next, stack) => next.WithStack(stack, null));
        var stacks = StackPlanner.Plan(configuration, known, [.. services.Select(s => s.Target)]);
        var now = DateTimeOffset.UtcNow;
        var record = new ReleaseRecord($"{_environment}-{now:yyyyMMdd-HHmmss}-{changes.Source.Abbreviated}", _environment, changes.Source.Commit, changes.Source.Subject, changes.Source.Dirty, Operator.UserAtHost, now)
        {
            Services = [.. services.Where(s => state.Services.GetValueOrDefault(s.Recorded.Name)?.Running.Digest != s.Target.Digest)
                .Select(s => (s, before: state.Services.GetValueOrDefault(s.Recorded.Name)?.Running))
                .Select(s => new ServiceChange(s.s.Recorded.Name, s.before?.Version, s.s.Target.Version, s.before?.Digest, s.s.Target.Digest))],
        };
        return new DeploymentOrder(configuration, state, stacks, [.. services.Select(s => s.Recorded)], changes, record);
    }

    private (ServiceTarget Target, TargetService Recorded) Target(ServiceDecision decision, SourceRevision source, IReadOnlyList<BuiltImage> images, EnvironmentState state)
    {
        var settings = configuration.Services.Single(s => s.Name == decision.Service);
        if (images.FirstOrDefault(i => i.Service == decision.Service) is { } image)
        {
            // The same image again, because only its inputs' names changed: it keeps the version under which it is known.
            var known = state.Services.GetValueOrDefault(decision.Service)?.Running;
            var version = known?.Digest == image.Digest ? known.Version : source.Version;
            return (new ServiceTarget(settings, image.Reference, image.Digest, version),
                new TargetService(decision.Service, new RunningService(source.Commit, source.Tree, decision.Inputs, image.Digest, version) { Image = image.Reference }));
        }

        var running = state.Services[decision.Service].Running;
        return (new ServiceTarget(settings, running.Image, running.Digest, running.Version),
            new TargetService(decision.Service, running));
    }
}
