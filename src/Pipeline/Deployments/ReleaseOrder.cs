using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Works out what a release is to do: what is to run of every service, what each stack is to be given, how it is recorded.</summary>
/// <param name="rules">how the environment's stacks are treated</param>
internal sealed class ReleaseOrder(PipelineConfiguration configuration, StackRules rules)
{
    /// <summary>Orders a release.</summary>
    /// <param name="changes">what is due</param>
    /// <param name="images">of the due services</param>
    /// <param name="state">of the environment</param>
    /// <param name="statuses">stack → its status in CloudFormation now</param>
    public DeploymentOrder Of(ChangeSummary changes, IReadOnlyList<BuiltImage> images, EnvironmentState state, IReadOnlyDictionary<string, string?> statuses)
    {
        var environment = configuration.Environment.Name;
        var services = changes.Services.Select(decision => Target(decision, changes.Source, images, state)).ToList();
        IReadOnlyList<PlannedStack> stacks = [.. StackPlanner.Plan(configuration, state, [.. services.Select(s => s.Target)])
            .Select(s => s with { Present = StackStatuses.Before(statuses[s.Name], rules.BrokenOf(s.Name)) == BeforeOperation.Update })];
        var now = DateTimeOffset.UtcNow;
        var record = new ReleaseRecord(ReleaseRecord.IdOf(environment, now, changes.Source.Commit), environment, changes.Source.Commit, changes.Source.Subject, changes.Source.Dirty, Operator.UserAtHost, now)
        {
            RollbackSafe = configuration.RollbackSafe,
            Services = [.. services.Where(s => state.Services.GetValueOrDefault(s.Recorded.Name)?.Running.Digest != s.Target.Digest)
                .Select(s => (s, before: state.Services.GetValueOrDefault(s.Recorded.Name)?.Running))
                .Select(s => new ServiceChange(s.s.Recorded.Name, s.before?.Version, s.s.Target.Version, s.before?.Digest, s.s.Target.Digest))],
        };
        return new DeploymentOrder(configuration, state, stacks, [.. services.Select(s => s.Recorded)], changes, record) { Rules = rules };
    }

    private (ServiceTarget Target, TargetService Recorded) Target(ServiceDecision decision, SourceRevision source, IReadOnlyList<BuiltImage> images, EnvironmentState state)
    {
        var settings = configuration.Services.Single(s => s.Name == decision.Service);
        if (images.FirstOrDefault(i => i.Service == decision.Service) is { } image)
        {
            if (image.Proven is { } proven)
            {
                return (new ServiceTarget(settings, image.Reference, image.Digest, proven.Version), new TargetService(decision.Service, proven));
            }

            // The same image again, because only its inputs' names changed: it keeps the version under which it is known.
            var known = state.Services.GetValueOrDefault(decision.Service)?.Running;
            var version = known?.Digest == image.Digest ? known.Version : source.VersionOf(decision.Service);
            return (new ServiceTarget(settings, image.Reference, image.Digest, version),
                new TargetService(decision.Service, new RunningService(source.Commit, source.Tree, decision.Inputs, image.Digest, version) { Image = image.Reference }));
        }

        var running = state.Services[decision.Service].Running;
        return (new ServiceTarget(settings, running.Image, running.Digest, running.Version),
            new TargetService(decision.Service, running));
    }
}
