using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>An earlier release's state brought back, services, templates and parameters, through the same engine as every deployment.</summary>
public sealed class RollbackRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private const int Remembered = 100;
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);
    private readonly RollbackIncidents _incidents = new(store, configuration.Environment, aws.PollInterval);

    /// <summary>Told of steps for <c>run.json</c>.</summary>
    public Action<Step> Record { get; init; } = _ => { };

    /// <summary>Whether a release that succeeded came through its watch as well. A release that a rollback went away from is never asked about.</summary>
    public Func<ReleaseRecord, CancellationToken, Task<bool>> Survived { get; init; } = (_, _) => Task.FromResult(true);

    /// <summary>Name of the database snapshot that was taken before a release; <c>null</c>: there is none.</summary>
    public Func<ReleaseRecord, CancellationToken, Task<string?>> SnapshotBefore { get; init; } = (_, _) => Task.FromResult<string?>(null);

    /// <summary>A person goes back though what serves now could not be brought back if that failed.</summary>
    public bool WithoutWayBack { get; init; }

    /// <summary>Resources that a person allowed to be replaced or removed.</summary>
    public Allowance AllowReplace { get; init; } = Allowance.Nothing;

    private StackRules Rules => StackRules.Of(configuration.Environment, aws.PollInterval) with { Allowed = AllowReplace };

    /// <summary>Goes back.</summary>
    /// <returns>the rollback; of an incident that had its rollback already, that one</returns>
    /// <exception cref="DeploymentFailedException">it failed; what served is kept (4), or could not be kept (5)</exception>
    /// <exception cref="PipelineException">it is refused and nothing was changed (3), or the state is unknown (6)</exception>
    public async Task<RollbackResult> Run(RollbackRequest request, CancellationToken cancel)
    {
        if (await _incidents.First(request.Incident, cancel).ConfigureAwait(false) is { } first)
        {
            return new RollbackResult(first, null);
        }

        var requester = (await aws.Identity.Caller(cancel).ConfigureAwait(false)).Arn;
        try
        {
            await _incidents.RefuseBusy(cancel).ConfigureAwait(false);
            var deployed = await Go(request, requester, cancel).ConfigureAwait(false);
            await Note(request, requester, "done", $"brought back release {deployed.Record.BackTo}", deployed.Record.Id, cancel).ConfigureAwait(false);
            return new RollbackResult(deployed.Record, deployed);
        }
        catch (PipelineException e)
        {
            // While this call was preparing, another one may have done it.
            if (e.ExitCode == ExitCode.Refused && await _incidents.First(request.Incident, cancel).ConfigureAwait(false) is { } other)
            {
                return new RollbackResult(other, null);
            }

            await NoteFailure(request, requester, e, cancel).ConfigureAwait(false);
            throw;
        }
    }

    private async Task<DeploymentResult> Go(RollbackRequest request, string requester, CancellationToken cancel)
    {
        var state = await _ledger.State(cancel).ConfigureAwait(false);
        var history = new RollbackHistory(state, await _ledger.Releases(request.Target.Kind == RollbackTargetKind.LastGood ? Remembered : int.MaxValue, cancel).ConfigureAwait(false));
        var target = await new RollbackChoice(_environment, history, Survived, DateTimeOffset.UtcNow).Of(request.Target, cancel).ConfigureAwait(false);
        await RefuseUnsafe(history, target, request, cancel).ConfigureAwait(false);
        var basis = await RollbackBasis.Find(configuration, aws, _ledger, target, cancel).ConfigureAwait(false);
        var orders = new RollbackOrder(configuration, Rules, basis, history, request) { Requester = requester };
        var planned = orders.Of(state, await ReleaseRun.Statuses(configuration, aws, Rules, cancel).ConfigureAwait(false));
        RollbackReport.Going(output, planned, basis.Now);
        var run = new ReleaseRun(configuration, aws, store, output)
        {
            Rules = Rules,
            Record = Record,
            WithoutWayBack = WithoutWayBack,
            GoesBack = true,
            Before = async (order, stop) =>
            {
                await _incidents.RefuseSecond(request.Incident, stop).ConfigureAwait(false);
                await Note(request, requester, "started", $"goes back to release {target.Id}", order.Record.Id, stop).ConfigureAwait(false);
            },
        };
        return await run.Run(RollbackIncidents.Purpose(target, request.Incident), state, planned.Stacks, orders.Of, cancel).ConfigureAwait(false);
    }

    private async Task RefuseUnsafe(RollbackHistory history, ReleaseRecord target, RollbackRequest request, CancellationToken cancel)
    {
        var barriers = history.After(target).Where(r => !r.RollbackSafe).ToList();
        if (barriers.Count == 0)
        {
            return;
        }

        var snapshot = await SnapshotBefore(barriers[^1], cancel).ConfigureAwait(false);
        var data = snapshot is null ? "no database snapshot from before is on record" : $"the database from before it is snapshot {snapshot}; what was written since is not in it, and a rollback never restores it";
        if (request.PastUnsafe)
        {
            output.Labelled("Rollback", $"past {string.Join(", ", barriers.Select(b => b.Id))} (rollbackSafe: false), because somebody insists; {data}");
            return;
        }

        throw new PipelineException(ExitCode.Refused, $"REFUSED: the versions of release {target.Id} can not run any more after release {barriers[^1].Id}.",
            new Detail("why", $"{string.Join(", ", barriers.Select(b => b.Id))} said rollbackSafe: false when it was released; {data}"),
            new Detail(_environment, "untouched"),
            new Detail("next", $"mend it forward with a new release; or, knowing what happens to the data, the same command with --past-unsafe{(request.Target.Kind == RollbackTargetKind.LastGood ? $" --to={target.Id}" : "")}"));
    }

    private async Task NoteFailure(RollbackRequest request, string requester, PipelineException failure, CancellationToken cancel)
    {
        try
        {
            await Note(request, requester, failure.ExitCode == ExitCode.Refused ? "refused" : "failed", failure.Message, (failure as DeploymentFailedException)?.Release, cancel).ConfigureAwait(false);
        }
        catch (PipelineException)
        {
            // What happened to the environment is the news, not that it could not be noted.
        }
    }

    private async Task Note(RollbackRequest request, string requester, string outcome, string text, string? release, CancellationToken cancel) => await _ledger.Audit.Append(new AuditEvent("rollback", outcome, requester, text)
    {
        Deployment = release,
        Facts = new Dictionary<string, string> { ["target"] = $"{request.Target}", ["reason"] = request.Reason, ["incident"] = request.Incident ?? "", ["pastUnsafe"] = request.PastUnsafe ? "yes" : "no" },
    }, cancel).ConfigureAwait(false);
}
