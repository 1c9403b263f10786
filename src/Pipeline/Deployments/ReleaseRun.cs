using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>Every release, whatever its kind, from its plan to a proven environment: look at everything, lock, settle what was left behind, deploy.</summary>
public sealed class ReleaseRun(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>How the environment's stacks are treated.</summary>
    public required StackRules Rules { get; init; }

    /// <summary>Told of steps for <c>run.json</c>.</summary>
    public Action<Step> Record { get; init; } = _ => { };

    /// <summary>A person deploys though a failed release could not go back.</summary>
    public bool WithoutWayBack { get; init; }

    /// <summary>It brings back what ran before: what is wrong now is its reason, not an obstacle.</summary>
    public bool GoesBack { get; init; }

    /// <summary>Runs under the lock, when everything is worked out and before the first change: backups.</summary>
    public Func<DeploymentOrder, CancellationToken, Task> Before { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Stack → ARN of the change set that was approved: what was approved is executed, or nothing.</summary>
    public IReadOnlyDictionary<string, string> Approved { get; init; } = new Dictionary<string, string>();

    /// <summary>What the audit log calls it: <c>deploy</c>, <c>rollback</c> or <c>emergency</c>.</summary>
    public string Action { get; init; } = "deploy";

    /// <summary>Judges new revisions while they have production traffic and the ones before still run: a reason to go back at once, or <c>null</c>.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    /// <summary>Runs a release.</summary>
    /// <param name="purpose">half a sentence, shown to whoever finds the environment locked</param>
    /// <param name="decided">the environment's state on which the release was decided</param>
    /// <param name="planned">what was decided for each stack, to be looked at before the lock</param>
    /// <param name="order">works out the order again under the lock, from the state and the stacks' statuses then</param>
    /// <exception cref="PipelineException">somebody holds the environment or changed it meanwhile, or a stack may not be touched (3); the lock was lost (6)</exception>
    public async Task<DeploymentResult> Run(
        string purpose, EnvironmentState decided, IReadOnlyList<PlannedStack> planned, Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> order, CancellationToken cancel)
    {
        var caller = await aws.Identity.Caller(cancel).ConfigureAwait(false);
        var audit = await ReleaseAudit.Begin(new AuditTrail(_ledger.Audit, configuration.Root, output.Warn), Action, caller.Arn, purpose, line => output.Labelled("Audit", line), cancel).ConfigureAwait(false);
        return await audit.Around(() => Held(purpose, decided, planned, order, audit, cancel)).ConfigureAwait(false);
    }

    private async Task<DeploymentResult> Held(
        string purpose, EnvironmentState decided, IReadOnlyList<PlannedStack> planned, Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> order, ReleaseAudit audit, CancellationToken cancel)
    {
        await Examine(planned, cancel).ConfigureAwait(false);
        await using var held = await EnvironmentLock.Take(store, _environment, purpose, cancel).ConfigureAwait(false);
        await audit.TookOver(held.Abandoned).ConfigureAwait(false);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancel, held.Lost);
        try
        {
            return await Locked(decided, order, audit, alive.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new PipelineException(ExitCode.Unknown, $"The lock of {_environment} was lost in the middle of the deployment: its lease could not be renewed.",
                new Detail(_environment, "may be partly changed; nothing new was started after the loss"),
                new Detail("next", "the same command again: it finds out how far this one came and goes on from there"));
        }
    }

    /// <summary>Every stack's status now; a stack that may not be touched is refused before anything is changed.</summary>
    public static async Task<IReadOnlyDictionary<string, string?>> Statuses(PipelineConfiguration configuration, AwsAccount aws, StackRules rules, CancellationToken cancel)
    {
        var looked = await Task.WhenAll(configuration.Stacks.Select(async stack =>
            (stack.Name, State: await aws.Stacks.Describe(configuration.StackName(stack.Name), cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        return looked.FirstOrDefault(l => StackStatuses.Before(l.State?.Status, rules.BrokenOf(l.Name)) == BeforeOperation.Refuse) is { State: { } broken, Name: var name }
            ? throw Refusals.Untouchable(name, broken)
            : looked.ToDictionary(l => l.Name, l => l.State?.Status);
    }

    /// <summary>Looks at everything that the release needs, before the lock and before anything is changed.</summary>
    private async Task Examine(IReadOnlyList<PlannedStack> planned, CancellationToken cancel)
    {
        var watch = System.Diagnostics.Stopwatch.StartNew();
        var verdict = Verdict.Failed;
        try
        {
            PreflightReport.Line(output, await new Preflight.Doctor(configuration, aws, Rules) { Ledger = _ledger, WithoutWayBack = WithoutWayBack, GoesBack = GoesBack }.Demand(planned, cancel).ConfigureAwait(false));
            verdict = Verdict.Passed;
        }
        finally
        {
            Record(new Step("Preflight", verdict, watch.Elapsed));
        }
    }

    private async Task<DeploymentResult> Locked(EnvironmentState decided, Func<EnvironmentState, IReadOnlyDictionary<string, string?>, DeploymentOrder> plan, ReleaseAudit audit, CancellationToken cancel)
    {
        var settled = await _ledger.Unfinished(cancel).ConfigureAwait(false) is { } unfinished
            ? await new Recovery(Rules, aws, _ledger) { Configuration = configuration, Judge = Judge }.Settle(unfinished, line => output.Labelled("Recovery", line), cancel).ConfigureAwait(false)
            : null;

        // Before the lock was ours, somebody may have finished another release: what is due was decided without it.
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        if (state.Services.Any(s => decided.Services.GetValueOrDefault(s.Key)?.Running.Digest != s.Value.Running.Digest))
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {_environment} was changed by release {state.Release} while this run was deciding what is due.",
                new Detail(_environment, "untouched by this run"), new Detail("next", "the same command again"));
        }

        var deployer = new StackDeployer(aws.Stacks, Rules, _ledger.Templates);
        var order = plan(state, await Quiet(deployer, cancel).ConfigureAwait(false));
        order = order with { Record = Recovery.Carry(settled, order) with { Id = await Named(order.Record, cancel).ConfigureAwait(false), Requester = order.Record.Requester ?? audit.By } };
        order = order with { Stacks = await new Preview(deployer).Again(order.Stacks, Approved, _environment, order.Record.Id, cancel).ConfigureAwait(false) };
        await audit.Started(order.Record).ConfigureAwait(false);
        await Before(order, cancel).ConfigureAwait(false);
        return await output.WithRows("Stacks", async rows =>
        {
            using var deployment = new Deployment(order, aws, _ledger, rows, Judge);
            return await deployment.Run(cancel).ConfigureAwait(false);
        }).ConfigureAwait(false);
    }

    /// <summary>A release that was asked for has the id under which people approved it; any other one gets the next.</summary>
    private async Task<string> Named(ReleaseRecord record, CancellationToken cancel) =>
        record.Request != record.Id ? await _ledger.FreeId(record, cancel).ConfigureAwait(false)
        : await Overtaken(_ledger, record.Id, cancel).ConfigureAwait(false) is { } refusal ? throw refusal
        : record.Id;

    /// <summary>Why a request can not be released any more: another release was begun after it was made. The newest release is known by its id, and what people saw when they approved is past.</summary>
    internal static async Task<PipelineException?> Overtaken(ReleaseLedger ledger, string request, CancellationToken cancel) =>
        await ledger.Releases(1, cancel).ConfigureAwait(false) is [{ } newest] && newest.Request != request && string.CompareOrdinal(newest.Id, request) > 0
            ? new PipelineException(ExitCode.Refused, $"REFUSED: {request} is void: release {newest.Id} was begun after it was asked for.",
                new Detail("why", $"an approval holds for what its giver saw; {newest.Id} ended {HistoryTable.Word(newest.Outcome)}"),
                new Detail(newest.Environment, "untouched by this run"),
                new Detail("next", $"{Words.Deploy(newest.Environment)} asks anew"))
            : null;

    /// <summary>Every stack's status once nobody works on it.</summary>
    private async Task<IReadOnlyDictionary<string, string?>> Quiet(StackDeployer deployer, CancellationToken cancel)
    {
        await Task.WhenAll(configuration.Stacks.Select(stack =>
            deployer.Quiet(stack.Name, configuration.StackName(stack.Name), text => output.Labelled("Stacks", $"{stack.Name}: {text}"), cancel))).ConfigureAwait(false);
        return await Statuses(configuration, aws, Rules, cancel).ConfigureAwait(false);
    }
}
