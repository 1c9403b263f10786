using Pipeline.Aws;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>The rollouts of one release: who follows them, what is tried of what they bring, and what of that is journalled.</summary>
/// <param name="release">its journal as it stands</param>
/// <param name="save">changes the journal and saves it</param>
internal sealed class ReleaseRollouts(PipelineConfiguration configuration, AwsAccount aws, ReleaseRecord release, Func<Func<ReleaseRecord, ReleaseRecord>, Task> save)
{
    private readonly RevisionTrial _trial = new(configuration, aws, release.Id, release.Commit);

    /// <summary>Judges new revisions while they have traffic; <c>null</c>: nobody does.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    /// <summary>Why no revision may go on any more: something else of the release failed; <c>null</c>: nothing did.</summary>
    public Func<string?> Veto { get; init; } = () => null;

    /// <summary>Told how a trial goes: a stack's key, half a line for people.</summary>
    public Action<string, string> Say { get; init; } = (_, _) => { };

    /// <summary>Begins to follow what the next operation on a stack will start.</summary>
    /// <returns><c>null</c>: the stack runs no service</returns>
    public async Task<ServiceFollower?> Follow(PlannedStack stack, CancellationToken cancel) => stack.Service is { } service
        ? await ServiceFollower.Begin(aws, stack.StackName, Care(stack.Name, stack.StackName, service), TimeProvider.System, cancel).ConfigureAwait(false)
        : null;

    /// <summary>The same for an operation that takes back what the release did.</summary>
    public async Task<ServiceFollower?> FollowBack(PlannedStack stack, CancellationToken cancel) => stack.Service is { } service
        ? await ServiceFollower.Begin(aws, stack.StackName, Care(stack.Name, stack.StackName, service) with { GoesBack = true, Judge = null }, TimeProvider.System, cancel).ConfigureAwait(false)
        : null;

    /// <summary>Goes on following what an operation of this release has started while another run had it.</summary>
    /// <param name="target">what the operation was to bring</param>
    public ServiceFollower Resume(StackOperation operation, ServiceTarget target) =>
        ServiceFollower.Resume(aws, operation.StackName, Care(operation.Stack, operation.StackName, target) with { GoesBack = operation.Token.StartsWith($"{release.Id}-back-", StringComparison.Ordinal) }, release.StartedAt, TimeProvider.System);

    /// <summary>Tries what could not be tried before it had traffic: first deployments, rolling ones, and what a run that was killed has left untried.</summary>
    /// <param name="stacks">of the release, all brought to what was asked</param>
    /// <param name="said">what suites have found so far</param>
    /// <returns>the stack whose service failed, and why; <c>null</c>: none did</returns>
    public async Task<(PlannedStack Stack, string Why)?> TryRest(IEnumerable<PlannedStack> stacks, IReadOnlyList<GateResult> said, CancellationToken cancel)
    {
        if (release.Kind == ReleaseKind.Rollback)
        {
            return null;
        }

        foreach (var stack in stacks.Where(s => s.Service is { } service && s.Hash != s.Proven && !Tried(said, service)))
        {
            var found = await _trial.Afterwards(stack.Service!, text => Say(stack.Name, text), cancel).ConfigureAwait(false);
            await save(record => With(record, found.Gates)).ConfigureAwait(false);
            if (found.Failure is { } why)
            {
                return (stack, why);
            }
        }

        return null;
    }

    /// <summary>Whether suites have spoken about exactly this image of a service.</summary>
    private static bool Tried(IReadOnlyList<GateResult> said, ServiceTarget service) => DeploymentSuites.Kinds.All(kind =>
        said.Any(g => g.Name == DeploymentSuites.GateOf(kind) && g.Digests.GetValueOrDefault(service.Settings.Name) == service.Digest));

    private RolloutCare Care(string stack, string stackName, ServiceTarget target) => new(configuration.Environment.StallDeadline)
    {
        Target = target,
        Judge = release.Kind == ReleaseKind.Rollback ? null : Judge,
        Evidence = new RolloutEvidence(aws, RolloutEvidence.FolderOf(configuration.Root, release.Id)),
        Hooks = new PauseHooks(aws, stack, (service, say, cancel) => _trial.BeforeTraffic(target, stackName, service, say, cancel), Journal)
        {
            Known = release.Hooks,
            Veto = Veto,
            GoesBack = release.Kind == ReleaseKind.Rollback,
        },
    };

    private Task Journal(HookDecision decision, TrialResult found) => save(record => With(record, found.Gates) with { Hooks = [.. record.Hooks, decision] });

    /// <summary>What the suites say of several services is one gate each.</summary>
    private static ReleaseRecord With(ReleaseRecord record, IReadOnlyList<GateResult> gates) =>
        record.With([.. gates.Select(gate => record.Gates.FirstOrDefault(g => g.Name == gate.Name) is { } before ? DeploymentSuites.Together(before, gate) : gate)]);
}
