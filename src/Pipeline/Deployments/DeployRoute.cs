using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>The last part of every route, from images to a proven environment: gates, people where the environment wants them, the run.</summary>
public sealed class DeployRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Told of steps for <c>run.json</c>.</summary>
    public Action<Step> Record { get; init; } = _ => { };

    /// <summary>What a person said.</summary>
    public Terms Terms { get; init; } = new();

    /// <summary>What is promoted; <c>null</c>: the release was made here.</summary>
    public PromotedRelease? Promoted { get; init; }

    /// <summary>What this run's own checks said.</summary>
    public IReadOnlyList<GateResult> Checked { get; init; } = [];

    /// <summary>Further gates, see <see cref="GateKeeper.Further"/>.</summary>
    public IReadOnlyList<Func<DeploymentOrder, CancellationToken, Task<GateResult>>> Further { get; init; } = [];

    /// <summary>Told what the gates said.</summary>
    public Action<IReadOnlyList<GateResult>> Gates { get; init; } = _ => { };

    /// <summary>Told that people are waited for, see <see cref="Waiting.Wanted"/>.</summary>
    public Action<Asked, Tally> Wanted { get; init; } = (_, _) => { };

    /// <summary>The GitHub workflow run that deploys; <c>null</c>: none does.</summary>
    public GitHubSource? GitHub { get; init; }

    /// <summary>Judges new revisions while they have production traffic, see <see cref="ReleaseRun.Judge"/>.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    /// <summary>Runs under the lock, when everything is worked out and before the first change: backups. The id is the deployment's, the same again after an interruption.</summary>
    public Func<string, DeploymentOrder, CancellationToken, Task> Before { get; init; } = (_, _, _) => Task.CompletedTask;

    private StackRules Rules => StackRules.Of(configuration.Environment, aws.PollInterval) with { Allowed = Terms.AllowReplace, Recreate = Terms.Recreate };

    /// <summary>Deploys what the release has.</summary>
    /// <param name="changes">what is due</param>
    /// <param name="images">of the due services</param>
    /// <returns>what was proven; <c>null</c>: nothing was due, and what runs is healthy</returns>
    /// <exception cref="PipelineException">a gate is closed, somebody must approve, holds the environment or changed it meanwhile, or a stack may not be touched (3); the lock was lost (6)</exception>
    public async Task<DeploymentResult?> Run(ChangeSummary changes, IReadOnlyList<BuiltImage> images, CancellationToken cancel)
    {
        var decided = await _ledger.State(cancel).ConfigureAwait(false);
        var order = Order(changes, images);
        await Choices.RefuseUnknown(Terms, configuration, aws, cancel).ConfigureAwait(false);
        var looked = order(decided, await ReleaseRun.Statuses(configuration, aws, Rules, cancel).ConfigureAwait(false));
        if (!changes.Due.Any() && !looked.Stacks.Any(s => s.Due) && await _ledger.Unfinished(cancel).ConfigureAwait(false) is null)
        {
            await ProveUnchanged(looked, cancel).ConfigureAwait(false);
            return null;
        }

        var admitted = await Admission(order).Ask(cancel).ConfigureAwait(false);
        var run = new ReleaseRun(configuration, aws, store, output)
        {
            Rules = Rules,
            Record = Record,
            WithoutWayBack = Terms.WithoutWayBack,
            Before = async (planned, token) =>
            {
                await admitted.Confirm(token).ConfigureAwait(false);
                await Before(admitted.Plan?.Id ?? planned.Record.Id, planned, token).ConfigureAwait(false);
            },
            Judge = Judge,
            Approved = admitted.ChangeSets,
            Action = Terms.Emergency is null ? "deploy" : "emergency",
        };
        return await admitted.Run(() => run.Run($"deploying {changes.Source.Abbreviated}", decided, looked.Stacks, (state, now) => admitted.Mark(order(state, now)), cancel)).ConfigureAwait(false);
    }

    /// <summary>What <see cref="Run"/> would do, its gates and its change sets included; nothing is changed, and nobody is asked.</summary>
    public async Task<Planned> Plan(ChangeSummary changes, IReadOnlyList<BuiltImage> images, CancellationToken cancel)
    {
        await Choices.RefuseUnknown(Terms, configuration, aws, cancel).ConfigureAwait(false);
        return await Planner(Order(changes, images), keeps: false).Make(null, cancel).ConfigureAwait(false);
    }

    private Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> Order(ChangeSummary changes, IReadOnlyList<BuiltImage> images) =>
        (state, statuses) => new ReleaseOrder(configuration, Rules).Of(changes, images, state, statuses);

    private bool WaitsForPeople => configuration.Environment.Gates is { Approval.Required: > 0 } or { Wait.Timer.Ticks: > 0 };

    private Planner Planner(Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> order, bool keeps) => new(configuration, aws, _ledger, order, Keeper) { Rules = Rules, Keeps = keeps };

    private GateKeeper Keeper => new(configuration, aws, store, TimeProvider.System)
    {
        Promoted = Promoted,
        Checked = Checked,
        Emergency = Terms.Emergency,
        // Nobody is asked to approve what could not work; where nobody is asked, the run itself looks.
        Further = WaitsForPeople ? [.. Further, Preflight] : Further,
    };

    private Admission Admission(Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> order) =>
        new(configuration, aws, store, output, Planner(order, keeps: true)) { Terms = Terms, Said = Gates, Wanted = Wanted, GitHub = GitHub };

    private async Task<GateResult> Preflight(DeploymentOrder planned, CancellationToken cancel) => PreflightGate.Judge(
        await new Preflight.Doctor(configuration, aws, Rules) { Ledger = _ledger, WithoutWayBack = Terms.WithoutWayBack }.Look(planned.Stacks, cancel).ConfigureAwait(false), TimeProvider.System.GetUtcNow());

    private async Task ProveUnchanged(DeploymentOrder order, CancellationToken cancel)
    {
        var verifier = new ServiceVerifier(aws, configuration.Environment.VerifyDeadline);
        var proofs = await Task.WhenAll(order.Stacks.Where(s => s.Service is not null).Select(s => verifier.Prove(s.Service!, s.StackName, cancel))).ConfigureAwait(false);
        var sick = proofs.Where(p => p.Failure is not null).ToList();
        if (sick.Count > 0)
        {
            throw new PipelineException(ExitCode.Failed, $"Nothing is due in {_environment}, but not everything there is healthy.",
                [.. sick.Select(p => new Detail("why", $"{p.Service} {p.Version}: {p.Failure}")), new Detail(_environment, "untouched"), new Detail("next", $"./build.sh --target=Status --environment={_environment}")]);
        }
    }
}
