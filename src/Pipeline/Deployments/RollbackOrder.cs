using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Works out what a rollback is to do: the services and stacks of an earlier release again, by the very snapshots of then. Migrations are not run.</summary>
/// <param name="rules">how the environment's stacks are treated</param>
internal sealed class RollbackOrder(PipelineConfiguration configuration, StackRules rules, RollbackBasis basis, RollbackHistory history, RollbackRequest request)
{
    /// <summary>ARN of whoever asks for it, as STS says.</summary>
    public string? Requester { get; init; }

    /// <summary>Orders it.</summary>
    /// <param name="state">of the environment</param>
    /// <param name="statuses">stack → its status in CloudFormation now</param>
    public DeploymentOrder Of(EnvironmentState state, IReadOnlyDictionary<string, string?> statuses)
    {
        var services = Services(state).Where(s => basis.Then.ContainsKey(s.Settings.Stack)).ToList();
        var stacks = configuration.Stacks.Where(s => basis.Then.ContainsKey(s.Name)).Select(s => Stack(s, state, statuses, services)).ToList();
        var now = stacks.Where(s => basis.Now.ContainsKey(s.Name)).ToDictionary(s => s.Name, s => s with { Snapshot = basis.Now[s.Name] });
        return new DeploymentOrder(configuration, state, RollbackDirection.Of(configuration, stacks, now), [.. services.Select(s => new TargetService(s.Settings.Name, s.Running))], null, Record(state, services)) { Rules = rules };
    }

    /// <summary>The services of then, and those that came later as they are.</summary>
    private IEnumerable<(ServiceSettings Settings, Changes.RunningService Running)> Services(EnvironmentState state) =>
        from settings in configuration.Services
        let then = basis.Target.Reached!.Services.GetValueOrDefault(settings.Name) ?? state.Services.GetValueOrDefault(settings.Name)
        where then is not null
        select (settings, then.Running);

    private PlannedStack Stack(StackSettings stack, EnvironmentState state, IReadOnlyDictionary<string, string?> statuses, IReadOnlyList<(ServiceSettings Settings, Changes.RunningService Running)> services)
    {
        var snapshot = basis.Then[stack.Name];
        var (settings, running) = services.FirstOrDefault(s => s.Settings.Stack == stack.Name);
        return new PlannedStack(stack, configuration.StackName(stack.Name), snapshot, snapshot.Hash(), state.Stacks.GetValueOrDefault(stack.Name), StackPlanner.Before(configuration, stack))
        {
            Service = running is null ? null : new ServiceTarget(settings, running.Image, running.Digest, running.Version),
            Proven = state.Proven.GetValueOrDefault(stack.Name),
            Present = StackStatuses.Before(statuses[stack.Name], rules.BrokenOf(stack.Name)) == BeforeOperation.Update,
        };
    }

    private ReleaseRecord Record(EnvironmentState state, IReadOnlyList<(ServiceSettings Settings, Changes.RunningService Running)> services)
    {
        var (environment, target, now) = (configuration.Environment.Name, basis.Target, DateTimeOffset.UtcNow);
        return new ReleaseRecord(ReleaseRecord.IdOf(environment, now, target.Commit), environment, target.Commit, target.Subject, target.Dirty, request.By, now)
        {
            Kind = ReleaseKind.Rollback,
            BackTo = target.Id,
            Reason = request.Reason,
            Incident = request.Incident,
            Requester = Requester,
            // Whoever goes past this rollback goes past what it went past.
            RollbackSafe = history.After(target).All(r => r.RollbackSafe),
            Services = [.. services.Select(s => (s.Settings.Name, s.Running, Before: state.Services.GetValueOrDefault(s.Settings.Name)?.Running))
                .Where(s => s.Before?.Digest != s.Running.Digest)
                .Select(s => new ServiceChange(s.Name, s.Before?.Version, s.Running.Version, s.Before?.Digest, s.Running.Digest))],
        };
    }
}
