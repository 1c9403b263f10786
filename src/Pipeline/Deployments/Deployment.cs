using System.Collections.Concurrent;
using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>
/// The one write path: brings an environment's stacks to a plan, proves what runs, records it; or brings everything back.
/// Deploying, resuming and rolling back are this with different plans.
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
    private readonly ConcurrentDictionary<string, StackResult> _results = new();
    private ReleaseRecord _record;

    /// <summary>Prepares a deployment; nothing is touched yet.</summary>
    public Deployment(DeploymentOrder order, AwsAccount aws, ReleaseLedger ledger, Rows rows)
    {
        (_order, _aws, _ledger, _rows, _record) = (order, aws, ledger, rows, order.Record);
        _deployer = new StackDeployer(aws.Stacks, aws.PollInterval, order.Configuration.Environment.StackDeadline);
        _verifier = new ServiceVerifier(aws, order.Configuration.Environment.VerifyDeadline);
    }

    /// <summary>Deploys.</summary>
    /// <param name="cancel">ends the following, not the cloud's own work; the next run finds out how that ended</param>
    /// <returns>what was proven of each service</returns>
    /// <exception cref="DeploymentFailedException">it failed; the exception says what serves now</exception>
    public async Task<DeploymentResult> Run(CancellationToken cancel)
    {
        await _ledger.Save(_record, cancel).ConfigureAwait(false);
        foreach (var stack in _order.Stacks)
        {
            await _ledger.Keep(stack.Name, stack.Snapshot, cancel).ConfigureAwait(false);
        }

        if (!await StackGraph.Run(_order.Stacks, stack => Bring(stack, cancel)).ConfigureAwait(false))
        {
            var failed = _order.Stacks.First(s => _results.TryGetValue(s.Name, out var result) && result.Outcome != AfterOperation.Applied);
            throw await Undo(new DeploymentFailure(failed, _results[failed.Name].Reasons, null), cancel).ConfigureAwait(false);
        }

        var proofs = await Task.WhenAll(_order.Stacks.Where(s => s.Service is not null).Select(s => Prove(s, cancel))).ConfigureAwait(false);
        if (proofs.FirstOrDefault(p => p.Failure is not null) is { } unproven)
        {
            var stack = _order.Stacks.Single(s => s.Service?.Settings.Name == unproven.Service);
            throw await Undo(new DeploymentFailure(stack, [unproven.Failure!], unproven), cancel).ConfigureAwait(false);
        }

        await Succeed(proofs, cancel).ConfigureAwait(false);
        return new DeploymentResult(_record, proofs, [.. _order.Stacks.Select(s => new StackStatus(s.StackName, _results[s.Name].Stack?.Status ?? ""))]);
    }

    /// <inheritdoc/>
    public void Dispose() => _writing.Dispose();

    private async Task<bool> Bring(PlannedStack stack, CancellationToken cancel)
    {
        if (!stack.Due)
        {
            _results[stack.Name] = new StackResult(AfterOperation.Applied, await _aws.Stacks.Describe(stack.StackName, cancel).ConfigureAwait(false), [], false);
            _rows.Set(stack.Name, "unchanged", done: true);
            return true;
        }

        var result = await Apply(stack, stack.Snapshot, _record.Id, cancel).ConfigureAwait(false);
        _results[stack.Name] = result;
        if (result.Outcome != AfterOperation.Applied)
        {
            _rows.Set(stack.Name, $"FAILED  {(result.Reasons is [var first, ..] ? first : result.Stack?.Status ?? "the stack disappeared")}", done: true);
            return false;
        }

        await _ledger.Update(state => state.WithStack(stack.Name, stack.Hash), cancel).ConfigureAwait(false);
        _rows.Set(stack.Name, result.Changed ? "done" : "no change", done: true);
        return true;
    }

    private Task<StackResult> Apply(PlannedStack stack, StackSnapshot snapshot, string token, CancellationToken cancel) =>
        _deployer.Apply(new StackWork(stack.Name, stack.StackName, snapshot, $"{token}-{stack.Name}") { Detail = stack.Service is null ? null : next => Tasks(stack, next) }, Journal, text => _rows.Set(stack.Name, text), cancel);

    private async Task<string> Tasks(PlannedStack stack, CancellationToken cancel) =>
        await _aws.ServicesOf(stack.StackName, cancel).ConfigureAwait(false) is [var service, ..] && service.Rollouts is [var newest, ..]
            ? $"{newest.Running}/{newest.Desired} running{(newest.Failed > 0 ? $", {newest.Failed} failed" : "")}"
            : "";

    private async Task Journal(StackOperation operation)
    {
        await _writing.WaitAsync(CancellationToken.None).ConfigureAwait(false);
        try
        {
            _record = _record.With(operation);
            // An outcome that AWS has accepted is written down even while the run is being cancelled.
            await _ledger.Save(_record, CancellationToken.None).ConfigureAwait(false);
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task<ServiceProof> Prove(PlannedStack stack, CancellationToken cancel) =>
        await _verifier.Prove(stack.Service!, stack.StackName, cancel).ConfigureAwait(false);

    private async Task Succeed(IReadOnlyList<ServiceProof> proofs, CancellationToken cancel)
    {
        var now = DateTimeOffset.UtcNow;
        await _ledger.Update(state => _order.Services.Aggregate(state with { Release = _record.Id }, (next, service) =>
        {
            var proof = proofs.Single(p => p.Service == service.Name);
            var known = state.Services.GetValueOrDefault(service.Name);
            return next.WithService(service.Name, known is not null && known.Running.Digest == service.Running.Digest && known.Running.Inputs.Hash == service.Running.Inputs.Hash
                ? known with { Tasks = proof.Tasks, Url = proof.Url }
                : new ServiceRecord(service.Running, _record.Id, now, proof.Url, proof.Tasks));
        }), cancel).ConfigureAwait(false);
        await Finish(ReleaseOutcome.Succeeded, []).ConfigureAwait(false);
    }

    private Task Finish(ReleaseOutcome outcome, IReadOnlyList<string> failure)
    {
        _record = _record with { Outcome = outcome, FinishedAt = DateTimeOffset.UtcNow, Failure = failure };
        return _ledger.Save(_record, CancellationToken.None);
    }

    /// <summary>A release is one thing: what it had applied before the failure goes back as well, last first.</summary>
    private async Task<DeploymentFailedException> Undo(DeploymentFailure failure, CancellationToken cancel)
    {
        var diagnosis = await new Diagnosis.FailureDiagnosis(_aws, _order).Explain(failure, cancel).ConfigureAwait(false);
        var stuck = _results.Where(r => r.Value.Outcome == AfterOperation.Broken).Select(r => r.Key).ToList();
        foreach (var stack in Enumerable.Reverse(_order.Stacks).Where(s => _results.TryGetValue(s.Name, out var result) && result is { Changed: true, Outcome: AfterOperation.Applied }))
        {
            if (stack.Applied is null || await _ledger.Snapshot(stack.Name, stack.Applied, cancel).ConfigureAwait(false) is not { } previous)
            {
                _rows.Set(stack.Name, "created by this release; left in place", done: true);
                continue;
            }

            _rows.Set(stack.Name, "going back");
            var back = await Apply(stack, previous, $"{_record.Id}-back", cancel).ConfigureAwait(false);
            if (back.Outcome == AfterOperation.Applied)
            {
                await _ledger.Update(state => state.WithStack(stack.Name, stack.Applied), cancel).ConfigureAwait(false);
                await Journal(new StackOperation(stack.Name, stack.StackName, stack.Applied, $"{_record.Id}-back-{stack.Name}") { State = StackOperationState.Reverted }).ConfigureAwait(false);
                _rows.Set(stack.Name, "rolled back", done: true);
            }
            else
            {
                stuck.Add(stack.Name);
            }
        }

        var serving = await Serving(cancel).ConfigureAwait(false);
        var outcome = stuck.Count > 0 || serving.Any(s => s.Failure is not null) ? ReleaseOutcome.RollbackFailed
            : serving.Count > 0 ? ReleaseOutcome.RolledBack : ReleaseOutcome.Failed;
        await Finish(outcome, [diagnosis.Headline, .. diagnosis.Details.Select(d => $"{d.Label}: {d.Text}")]).ConfigureAwait(false);
        return new DeploymentFailedException(_order.Configuration.Environment.Name, _record.Id, diagnosis, new Aftermath(outcome, stuck, serving));
    }

    /// <summary>What the environment serves after the way back: every service that was deployed before, proven again as its stack's snapshot has it.</summary>
    private async Task<IReadOnlyList<ServiceProof>> Serving(CancellationToken cancel)
    {
        var proofs = _order.Stacks.Where(s => s.Service is not null && s.Applied is not null).Select(async stack =>
            await _ledger.Snapshot(stack.Name, stack.Applied!, cancel).ConfigureAwait(false) is { } before
                ? await _verifier.Prove(stack.Service!.As(before), stack.StackName, cancel).ConfigureAwait(false)
                : null);
        return [.. (await Task.WhenAll(proofs).ConfigureAwait(false)).OfType<ServiceProof>()];
    }
}
