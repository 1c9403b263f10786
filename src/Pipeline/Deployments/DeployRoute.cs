using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>The last part of every route, from images to a proven environment: plan, lock, settle what was left behind, deploy.</summary>
public sealed class DeployRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Told of steps for <c>run.json</c>.</summary>
    public Action<Step> Record { get; init; } = _ => { };

    /// <summary>Resources that a person allowed to be replaced or removed.</summary>
    public Allowance AllowReplace { get; init; } = Allowance.Nothing;

    /// <summary>Keys of stacks that a person allowed to be deleted and created again after their creation failed.</summary>
    public IReadOnlyList<string> Recreate { get; init; } = [];

    /// <summary>A person deploys though a failed release could not go back.</summary>
    public bool WithoutWayBack { get; init; }

    private ReleaseOrder Orders => new(configuration, Rules);

    private StackRules Rules => StackRules.Of(configuration.Environment, aws.PollInterval) with { Allowed = AllowReplace, Recreate = Recreate };

    /// <summary>Deploys what the release has.</summary>
    /// <param name="changes">what is due</param>
    /// <param name="images">of the due services</param>
    /// <returns>what was proven; <c>null</c>: nothing was due, and what runs is healthy</returns>
    /// <exception cref="PipelineException">somebody holds the environment or changed it meanwhile, or a stack may not be touched (3); the lock was lost (6)</exception>
    public async Task<DeploymentResult?> Run(ChangeSummary changes, IReadOnlyList<BuiltImage> images, CancellationToken cancel)
    {
        var decided = await _ledger.State(cancel).ConfigureAwait(false);
        var stacks = await Statuses(cancel).ConfigureAwait(false);
        await Choices.RefuseUnknown(this, configuration, aws, cancel).ConfigureAwait(false);
        var planned = Orders.Of(changes, images, decided, stacks);
        if (!changes.Due.Any() && !planned.Stacks.Any(s => s.Due) && await _ledger.Unfinished(cancel).ConfigureAwait(false) is null)
        {
            await ProveUnchanged(planned, cancel).ConfigureAwait(false);
            return null;
        }

        await Examine(planned, cancel).ConfigureAwait(false);
        await using var held = await EnvironmentLock.Take(store, _environment, $"deploying {changes.Source.Abbreviated}", cancel).ConfigureAwait(false);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancel, held.Lost);
        try
        {
            return await Locked(changes, images, decided, alive.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new PipelineException(ExitCode.Unknown, $"The lock of {_environment} was lost in the middle of the deployment: its lease could not be renewed.",
                new Detail(_environment, "may be partly changed; nothing new was started after the loss"),
                new Detail("next", "the same command again: it finds out how far this one came and goes on from there"));
        }
    }

    /// <summary>Looks at everything that the release needs, before the lock and before anything is changed.</summary>
    private async Task Examine(DeploymentOrder planned, CancellationToken cancel)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var verdict = Verdict.Failed;
        try
        {
            PreflightReport.Line(output, await new Preflight.Doctor(configuration, aws, Rules) { Ledger = _ledger, WithoutWayBack = WithoutWayBack }.Demand(planned.Stacks, cancel).ConfigureAwait(false));
            verdict = Verdict.Passed;
        }
        finally
        {
            Record(new Step("Preflight", verdict, watch.Elapsed));
        }
    }

    private async Task<DeploymentResult> Locked(ChangeSummary changes, IReadOnlyList<BuiltImage> images, EnvironmentState decided, CancellationToken cancel)
    {
        if (await _ledger.Unfinished(cancel).ConfigureAwait(false) is { } unfinished)
        {
            await new Recovery(Rules, aws, _ledger).Settle(unfinished, line => output.Labelled("Recovery", line), cancel).ConfigureAwait(false);
        }

        // Before the lock was ours, somebody may have finished another release: what is due was decided without it.
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        if (state.Services.Any(s => decided.Services.GetValueOrDefault(s.Key)?.Running.Digest != s.Value.Running.Digest))
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {_environment} was changed by release {state.Release} while this run was deciding what is due.",
                new Detail(_environment, "untouched by this run"), new Detail("next", "the same command again"));
        }

        var deployer = new StackDeployer(aws.Stacks, Rules, _ledger.Templates);
        var order = Orders.Of(changes, images, state, await Quiet(deployer, cancel).ConfigureAwait(false));
        order = order with { Stacks = await new Preview(deployer).Of(order.Stacks, _environment, order.Record.Id, cancel).ConfigureAwait(false) };
        return await output.WithRows("Stacks", async rows =>
        {
            using var deployment = new Deployment(order, aws, _ledger, rows);
            return await deployment.Run(cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>Every stack's status once nobody works on it.</summary>
    private async Task<IReadOnlyDictionary<string, string?>> Quiet(StackDeployer deployer, CancellationToken cancel)
    {
        await Task.WhenAll(configuration.Stacks.Select(stack =>
            deployer.Quiet(stack.Name, configuration.StackName(stack.Name), text => output.Labelled("Stacks", $"{stack.Name}: {text}"), cancel))).ConfigureAwait(false);
        return await Statuses(cancel).ConfigureAwait(false);
    }

    /// <summary>Every stack's status now; a stack that may not be touched is refused before anything is changed.</summary>
    private async Task<IReadOnlyDictionary<string, string?>> Statuses(CancellationToken cancel)
    {
        var looked = await Task.WhenAll(configuration.Stacks.Select(async stack =>
            (stack.Name, State: await aws.Stacks.Describe(configuration.StackName(stack.Name), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return looked.FirstOrDefault(l => StackStatuses.Before(l.State?.Status, Rules.BrokenOf(l.Name)) == BeforeOperation.Refuse) is { State: { } broken, Name: var name }
            ? throw Refusals.Untouchable(name, broken)
            : looked.ToDictionary(l => l.Name, l => l.State?.Status);
    }

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
