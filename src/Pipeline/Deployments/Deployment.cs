using System.Collections.Concurrent;
using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>
/// The one write path: brings an environment's stacks to a plan, proves what runs, records it; or has everything brought back.
/// </summary>
public sealed class Deployment : IDisposable
{
    private readonly DeploymentOrder _order;
    private readonly AwsAccount _aws;
    private readonly ReleaseLedger _ledger;
    private readonly Rows _rows;
    private readonly StackDeployer _deployer;
    private readonly ServiceVerifier _verifier;
    private readonly SemaphoreSlim _writing = new(1);
    private readonly ConcurrentQueue<EndedStack> _ended = new();
    private readonly ReleaseRollouts _rollouts;
    private ReleaseRecord _record;

    /// <summary>Prepares a deployment; nothing is touched yet.</summary>
    /// <param name="judge">judges new revisions while they have traffic: a reason to go back at once, or <c>null</c></param>
    public Deployment(DeploymentOrder order, AwsAccount aws, ReleaseLedger ledger, Rows rows, Func<RolloutUnderWatch, CancellationToken, Task<string?>>? judge = null)
    {
        (_order, _aws, _ledger, _rows, _record) = (order, aws, ledger, rows, order.Record);
        _deployer = new StackDeployer(aws.Stacks, order.Rules, ledger.Templates);
        _verifier = new ServiceVerifier(aws, order.Configuration.Environment.VerifyDeadline);
        _rollouts = new ReleaseRollouts(order.Configuration, aws, order.Record, Save)
        {
            Judge = judge,
            Veto = () => _ended.FirstOrDefault(e => !e.Good) is { } failed ? $"stack {failed.Stack.StackName} of the same release failed" : null,
            Say = (stack, text) => rows.Set(stack, text),
        };
    }

    /// <summary>Deploys.</summary>
    /// <param name="cancel">ends the following, not the cloud's own work; the next run finds out how that ended</param>
    /// <returns>what was proven of each service</returns>
    /// <exception cref="DeploymentFailedException">it failed; the exception says what serves now</exception>
    /// <exception cref="PipelineException">it neither succeeded nor failed: its state is unknown (exit code 6)</exception>
    public async Task<DeploymentResult> Run(CancellationToken cancel)
    {
        try
        {
            await _ledger.Save(_record, cancel).ConfigureAwait(false);
            foreach (var stack in _order.Stacks)
            {
                await _ledger.Keep(stack.Name, stack.Snapshot, cancel).ConfigureAwait(false);
            }

            var proofs = await StackGraph.Run(_order.Stacks, stack => Bring(stack, cancel)).ConfigureAwait(false)
                ? await Task.WhenAll(_order.Stacks.Where(s => s.Service is not null).Select(s => _verifier.Prove(s.Service!, s.StackName, cancel))).ConfigureAwait(false)
                : [];
            if (await Failure(proofs, cancel).ConfigureAwait(false) is { } explanation)
            {
                throw await Undo(explanation, cancel).ConfigureAwait(false);
            }

            await Succeed(proofs, cancel).ConfigureAwait(false);
            return new DeploymentResult(_record, proofs, [.. _ended.Select(e => new StackStatus(e.Stack.StackName, e.Result.Stack?.Status ?? ""))]);
        }
        catch (PipelineException e) when (e is not DeploymentFailedException)
        {
            throw new PipelineException(ExitCode.Unknown, $"Release {_record.Id} did not come to an end: {e.Message}",
            [
                .. e.Details.Where(d => d.Label != "next"),
                new Detail(_order.Configuration.Environment.Name, "may be partly changed; the release's journal is open"),
                new Detail("next", $"{Renewal(e)}the same command again: it finds out how far this one came and goes on from there"),
            ]);
        }
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    /// <summary>What must come before the next command: without valid credentials it would only say so again.</summary>
    private static string Renewal(PipelineException e) => e is AwsRefusedException { Kind: RefusalKind.Credentials } && e.Details.FirstOrDefault(d => d.Label == "next") is { } renew
        ? $"renew the credentials ({renew.Text.Split(", then ")[0]}), then "
        : "";

    private async Task<bool> Bring(PlannedStack stack, CancellationToken cancel)
    {
        if (stack.Due && await _ledger.AbortOf(_record.Id, cancel).ConfigureAwait(false) is not null)
        {
            _rows.Set(stack.Name, "not begun", done: true);
            return false;
        }

        var ended = stack.Due ? await Change(stack, cancel).ConfigureAwait(false)
            : new EndedStack(stack, new StackResult(AfterOperation.Applied, await _aws.Stacks.Describe(stack.StackName, cancel).ConfigureAwait(false), [], false));
        if (stack.Due && ended.Result.Outcome == AfterOperation.Applied)
        {
            await Record(state => state.WithStack(stack.Name, stack.Hash)).ConfigureAwait(false);
        }

        if (ended.Good && MigrationIsDue(stack))
        {
            ended = ended with { Unsuccessful = await Migrate(stack, cancel).ConfigureAwait(false) };
        }

        _ended.Enqueue(ended);
        _rows.Set(stack.Name, ended.Good ? stack.Due ? ended.Result.Changed ? "done" : "no change" : "unchanged" : $"FAILED  {(ended.Reasons is [var first, ..] ? first : ended.Result.Stack?.Status ?? "the stack disappeared")}", done: true);
        return ended.Good;
    }

    private async Task<EndedStack> Change(PlannedStack stack, CancellationToken cancel)
    {
        var follower = await _rollouts.Follow(stack, cancel).ConfigureAwait(false);
        var result = await Apply(stack, stack.Snapshot, _record.Id, follower, cancel).ConfigureAwait(false);
        return new EndedStack(stack, result)
        {
            Unsuccessful = follower is not null && result.Changed ? await follower.End(_order.Configuration.Environment.VerifyDeadline, cancel).ConfigureAwait(false) : null,
        };
    }

    private Task<StackResult> Apply(PlannedStack stack, StackSnapshot snapshot, string token, ServiceFollower? follower, CancellationToken cancel) => _deployer.Apply(
        new StackWork(stack.Name, stack.StackName, snapshot, stack.TokenIn(token))
        {
            Detail = follower is null ? null : follower.Look,
            Prepared = token == _record.Id ? stack.Prepared : null,
            GoesBack = token != _record.Id,
        },
        operation => Save(record => record.With(operation)),
        text => _rows.Set(stack.Name, text),
        cancel);

    /// <summary>Only a release that changes the service migrates for it: after a rollback the older migration is not run again.</summary>
    private bool MigrationIsDue(PlannedStack stack) => stack.Migrates is { } service
        && (stack.Due || _order.Stacks.Any(s => s.Due && s.Name == service.Settings.Stack))
        && _order.State.Migrated.GetValueOrDefault(service.Settings.Name) != Migration.Hash(stack);

    private async Task<string?> Migrate(PlannedStack stack, CancellationToken cancel)
    {
        var failure = await new Migration(_aws, TimeProvider.System).Run(stack, _record.Id, text => _rows.Set(stack.Name, text), cancel).ConfigureAwait(false);
        if (failure is null)
        {
            await Record(state => state.WithMigration(stack.Migrates!.Settings.Name, Migration.Hash(stack))).ConfigureAwait(false);
        }

        return failure;
    }

    private async Task<Explanation?> Failure(IReadOnlyList<ServiceProof> proofs, CancellationToken cancel)
    {
        if (await _ledger.AbortOf(_record.Id, cancel).ConfigureAwait(false) is { } abort)
        {
            return new Explanation($"aborted by {abort.By} at {abort.At:HH:mm:ss} UTC", []);
        }

        return (FirstFailure(proofs) ?? await Untried(cancel).ConfigureAwait(false)) is { } failure ? await new Diagnosis.FailureDiagnosis(_aws, _order).Explain(failure, cancel).ConfigureAwait(false) : null;
    }

    private async Task<DeploymentFailure?> Untried(CancellationToken cancel) => await _rollouts.TryRest(_order.Stacks, _record.Gates, cancel).ConfigureAwait(false) is var (stack, why)
        ? new DeploymentFailure(stack, [why], null)
        : null;

    private DeploymentFailure? FirstFailure(IReadOnlyList<ServiceProof> proofs)
    {
        if (_ended.FirstOrDefault(e => !e.Good) is { } failed)
        {
            return new DeploymentFailure(failed.Stack, failed.Reasons, null) { InMigration = failed.Result.Outcome == AfterOperation.Applied && failed.Stack.Migrates is not null };
        }

        return proofs.FirstOrDefault(p => p.Failure is not null) is { } unproven
            ? new DeploymentFailure(_order.Stacks.Single(s => s.Service?.Settings.Name == unproven.Service), [unproven.Failure!], unproven)
            : null;
    }

    private async Task<DeploymentFailedException> Undo(Explanation explanation, CancellationToken cancel)
    {
        var aftermath = await new WayBack(_order, _ledger, _verifier, _rows).Go([.. _ended], Back, cancel).ConfigureAwait(false);
        await Finish(aftermath.Outcome, [explanation.Headline, .. explanation.Details.Select(d => $"{d.Label}: {d.Text}")]).ConfigureAwait(false);
        return new DeploymentFailedException(_order.Configuration.Environment.Name, _record.Id, explanation, aftermath);

        async Task<bool> Back(PlannedStack stack, StackSnapshot snapshot)
        {
            var back = await Apply(stack, snapshot, $"{_record.Id}-back", await _rollouts.FollowBack(stack, cancel).ConfigureAwait(false), cancel).ConfigureAwait(false);
            if (back.Outcome != AfterOperation.Applied)
            {
                return false;
            }

            await Record(state => state.WithStack(stack.Name, stack.Proven)).ConfigureAwait(false);
            await Save(record => record.With(new StackOperation(stack.Name, stack.StackName, stack.Proven!, stack.TokenIn($"{_record.Id}-back")) { State = StackOperationState.Reverted })).ConfigureAwait(false);
            return true;
        }
    }

    private async Task Succeed(IReadOnlyList<ServiceProof> proofs, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        var now = DateTimeOffset.UtcNow;
        var reached = EnvironmentState.Empty;
        await Record(state => reached = _order.Services.Aggregate(state with { Release = _record.Id, Proven = state.Stacks }, (next, service) =>
        {
            var proof = proofs.Single(p => p.Service == service.Name);
            var known = state.Services.GetValueOrDefault(service.Name);
            return next.WithService(service.Name, known is not null && known.Running.Digest == service.Running.Digest && known.Running.Inputs.Hash == service.Running.Inputs.Hash
                ? known with { Tasks = proof.Tasks, Url = proof.Url }
                : new ServiceRecord(service.Running, _record.Id, now, proof.Url, proof.Tasks));
        })).ConfigureAwait(false);
        _record = _record with { Reached = new ReachedState(reached.Services, reached.Stacks) };
        await Finish(ReleaseOutcome.Succeeded, []).ConfigureAwait(false);
    }

    private Task Finish(ReleaseOutcome outcome, IReadOnlyList<string> failure) =>
        Save(record => record with { Outcome = outcome, FinishedAt = DateTimeOffset.UtcNow, Failure = failure });

    // Stacks run side by side, and what AWS has accepted is written down even while the run is being cancelled.
    private Task Save(Func<ReleaseRecord, ReleaseRecord> change) => OneByOne(() => _ledger.Save(_record = change(_record), CancellationToken.None));

    private Task Record(Func<EnvironmentState, EnvironmentState> change) => OneByOne(() => _ledger.Update(change, CancellationToken.None));

    private async Task OneByOne(Func<Task> write)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            await write().ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }
}
