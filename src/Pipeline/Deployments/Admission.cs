using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Deployments;

/// <summary>Lets a release begin: every gate is open, the people who must say yes have said it of exactly this plan, and its time has come. Nobody is locked out meanwhile.</summary>
/// <param name="planner">of the release; asked again whenever time has passed</param>
public sealed class Admission(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output, Planner planner)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly TimeProvider _time = TimeProvider.System;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);
    private readonly RequestBook _requests = new(store, configuration.Environment.Name, TimeProvider.System);
    private readonly PlanShelf _plans = new(store, configuration.Environment.Name);

    /// <summary>What a person said.</summary>
    public required Terms Terms { get; init; }

    /// <summary>Told what the gates said.</summary>
    public Action<IReadOnlyList<GateResult>> Said { get; init; } = _ => { };

    /// <summary>Told that people are waited for, see <see cref="Waiting.Wanted"/>.</summary>
    public Action<Asked, Tally> Wanted { get; init; } = (_, _) => { };

    /// <summary>The GitHub workflow run that asks; <c>null</c>: none does.</summary>
    public GitHubSource? GitHub { get; init; }

    private ApprovalSettings Approval => configuration.Environment.Gates.Approval with
    {
        Required = Terms.Emergency is null ? configuration.Environment.Gates.Approval.Required : Relaxation.Approvers(configuration.Environment.Gates.Approval.Required),
    };

    private WaitSettings Wait => Terms.Emergency is null ? configuration.Environment.Gates.Wait : configuration.Environment.Gates.Wait with { Timer = TimeSpan.Zero };

    private Ballot Ballot => new(aws, store, Approval, _environment, _time) { GitHub = GitHub?.Api };

    /// <summary>Asks the gates, then people and the clock.</summary>
    /// <exception cref="PipelineException">a gate is closed; people said no; or it waits for them, or for its time, and nobody watches (3)</exception>
    public async Task<Admitted> Ask(CancellationToken cancel)
    {
        var caller = await aws.Identity.Caller(cancel).ConfigureAwait(false);
        if (Approval.Required == 0 && configuration.Environment.Gates.Wait.Timer == TimeSpan.Zero)
        {
            return new Admitted(await Open((await planner.Look(null, cancel).ConfigureAwait(false)).Gates, caller, cancel).ConfigureAwait(false), caller, Terms);
        }

        if (await Interrupted(cancel).ConfigureAwait(false) is { } begun)
        {
            return await GoOn(begun, caller, cancel).ConfigureAwait(false);
        }

        var asked = await Request(caller, cancel).ConfigureAwait(false);
        var tally = await new Waiting(output, Ballot, Wait, _time) { Wanted = Wanted }.For(asked, cancel).ConfigureAwait(false);
        if (tally.Verdict != ApprovalVerdict.Approved)
        {
            throw await Ended(asked.Request, tally, cancel).ConfigureAwait(false);
        }

        // Time has passed: everything is looked at again.
        var (again, gone) = await LookAgain(asked, caller, cancel).ConfigureAwait(false);
        if (again is null)
        {
            throw gone!;
        }

        await Audit("started", caller, $"{asked.Plan.Id} begins: approved by {string.Join(", ", tally.Approvals.Select(a => a.Person))}", asked.Plan, cancel).ConfigureAwait(false);
        return Admit(asked, [.. again.Gates, .. People(asked, tally)], resumes: false);
    }

    /// <summary>The gates <c>approval</c> and <c>wait</c> as they stood when it began.</summary>
    private IReadOnlyList<GateResult> People(Asked asked, Tally tally) =>
    [
        new GateResult("approval", Approval.Required == 0 ? Verdict.Skipped : Verdict.Passed, Approval.Required == 0 ? "nobody has to approve" : $"approved by {string.Join(", ", tally.Approvals.Select(a => a.Person))}", _time.GetUtcNow())
        {
            Value = $"{tally.Approvals.Count}", Threshold = $"{Approval.Required}", Source = $"votes of {asked.Plan.Id}",
            By = Approval.Required < configuration.Environment.Gates.Approval.Required ? Terms.Emergency?.By : null,
        },
        Terms.Emergency is { } emergency && configuration.Environment.Gates.Wait.Timer > TimeSpan.Zero
            ? new GateResult("wait", Verdict.Skipped, $"left out in an emergency by {emergency.By} ({emergency.Reason})", _time.GetUtcNow()) { By = emergency.By }
            : WaitGate.Look(Wait, asked.Request.RequestedAt, Waiting.ApprovedAt(asked, tally), _time.GetUtcNow()),
    ];

    private Admitted Admit(Asked asked, IReadOnlyList<GateResult> gates, bool resumes) => new(gates, asked.Request.Requester, Terms)
    {
        Plan = asked.Plan,
        Resumes = resumes,
        // Who says no before the first change is heard.
        Confirm = stop => resumes ? Task.CompletedTask : StillApproved(asked, stop),
        Ended = () => _requests.Close(asked.Request.Id, RequestEnd.Deployed, CancellationToken.None),
    };

    private async Task StillApproved(Asked asked, CancellationToken cancel)
    {
        var tally = await Ballot.Count(asked.Request, asked.Plan.Hash(), cancel).ConfigureAwait(false);
        if (tally.Verdict == ApprovalVerdict.Rejected)
        {
            throw await Ended(asked.Request, tally, cancel).ConfigureAwait(false);
        }
    }

    /// <summary>A request of its own, or the one that waits if it still is about the same plan.</summary>
    private async Task<Asked> Request(CallerIdentity caller, CancellationToken cancel)
    {
        if (await Earlier(cancel).ConfigureAwait(false) is { } earlier)
        {
            var (now, gone) = await LookAgain(earlier, caller, cancel).ConfigureAwait(false);
            if (now is not null)
            {
                return earlier;
            }

            if (Terms.Deployment is not null)
            {
                throw gone!;
            }

            output.Labelled("Approval", $"{gone!.Message}\n{string.Join('\n', gone.Details.Where(d => d.Label == "why").Select(d => d.Text))}", Spectre.Console.Color.Yellow);
        }

        var run = GitHub is null ? null : await GitHub.Triggered(cancel).ConfigureAwait(false);
        if (Ballot.Possible(caller, run?.TriggeredBy) is { } impossible)
        {
            throw Refused($"nobody could approve a release to {_environment} that you ask for.", impossible, "name more people in gates.approval.approvers of pipeline.yml");
        }

        var made = await planner.Make(null, cancel).ConfigureAwait(false);
        await Open(made.Plan.Gates, caller, cancel).ConfigureAwait(false);
        var requested = _time.GetUtcNow();
        var request = new DeploymentRequest(made.Plan.Id, _environment, made.Plan.Hash(), caller, requested, requested + Approval.Expires)
        {
            Summary = PlanReport.Summary(made.Plan),
            Required = Approval.Required,
            GitHubRun = run,
            Command = $"{Words.Deploy(_environment)} --deployment={made.Plan.Id}",
        };
        await _plans.Keep(made.Plan, cancel).ConfigureAwait(false);
        await _requests.Open(request, cancel).ConfigureAwait(false);
        await Audit("requested", caller, $"{made.Plan.Id} is asked for", made.Plan, cancel).ConfigureAwait(false);
        return new Asked(request, made.Plan);
    }

    private async Task<Asked?> Earlier(CancellationToken cancel)
    {
        var request = Terms.Deployment is { } id
            ? await _requests.Find(id, cancel).ConfigureAwait(false) ?? throw Refused($"there is no request '{id}' in {_environment}.", "it was never made, or for another environment", $"{Words.Deploy(_environment)} makes one")
            : (await _requests.Waiting(cancel).ConfigureAwait(false)).MaxBy(r => r.RequestedAt);
        if (request is null)
        {
            return null;
        }

        if (request.Closed is null && await _ledger.Release(request.Id, cancel).ConfigureAwait(false) is { FinishedAt: not null, Outcome: not ReleaseOutcome.Interrupted })
        {
            // The run that it was approved for came to its end, and only died before it could say so.
            request = await _requests.Close(request.Id, RequestEnd.Deployed, cancel).ConfigureAwait(false) ?? request;
            if (Terms.Deployment is null)
            {
                return await Earlier(cancel).ConfigureAwait(false);
            }
        }

        return request.Closed is { } why ? throw Refused($"{request.Id} is closed: {why.ToString().ToLowerInvariant()} at {request.ClosedAt?.UtcDateTime:HH:mm:ss} UTC.", "what was decided once is not decided again", $"{Words.Deploy(_environment)} asks anew")
            : await _plans.Find(request.Id, cancel).ConfigureAwait(false) is { } plan ? new Asked(request, plan)
            : null;
    }

    /// <summary>The request of a release that was begun and neither finished nor failed.</summary>
    private async Task<Asked?> Interrupted(CancellationToken cancel) =>
        await Interruption.Find(_ledger, cancel).ConfigureAwait(false) is { Request: { } id }
        && await _requests.Find(id, cancel).ConfigureAwait(false) is { Closed: null } request
        && await _plans.Find(id, cancel).ConfigureAwait(false) is { } plan
            ? new Asked(request, plan)
            : null;

    /// <summary>What was approved and begun goes on: to nothing else than was approved, and with what is half-way now not held against it.</summary>
    private async Task<Admitted> GoOn(Asked begun, CallerIdentity caller, CancellationToken cancel)
    {
        output.Labelled("Resume", $"{begun.Plan.Id} was begun and interrupted; it goes on to what was approved");
        var (order, gates) = await planner.Look(null, cancel).ConfigureAwait(false);
        var foreign = order.Stacks.Where(s => s.Due && begun.Plan.Stacks.All(p => (p.Stack, p.Hash) != (s.Name, s.Hash))).Select(s => $"stack {s.Name} would be given something else than was approved")
            .Concat(order.Record.Services.Where(s => begun.Plan.Services.All(p => (p.Service, p.ToDigest) != (s.Service, s.ToDigest))).Select(s => $"{s.Service} would get {Words.Digest(s.ToDigest)}, which was not approved")).ToList();
        if (foreign.Count > 0)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {begun.Plan.Id} was interrupted half-way, and what would be deployed now is not what was approved.",
            [
                .. foreign.Select(f => new Detail("why", f)),
                new Detail(_environment, "partly changed by the interrupted release; untouched by this run"),
                new Detail("next", $"git checkout {begun.Plan.Commit[..7]} and the same command again, or ./build.sh --target=Rollback --environment={_environment}"),
            ]);
        }

        var open = gates.Select(g => g is { IsOpen: false, Name: "health" } ? g with { Verdict = Verdict.Skipped, IsOpen = true, By = "the interrupted release", Text = $"left out: the environment is half-way of {begun.Plan.Id}; it said: {g.Text}" } : g).ToList();
        await Open(open, caller, cancel).ConfigureAwait(false);
        await Audit("started", caller, $"{begun.Plan.Id} goes on after an interruption", begun.Plan, cancel).ConfigureAwait(false);
        return Admit(begun, [.. open, .. begun.Plan.Gates.Where(g => open.All(o => o.Name != g.Name))], resumes: true);
    }

    private async Task<IReadOnlyList<GateResult>> Open(IReadOnlyList<GateResult> gates, CallerIdentity caller, CancellationToken cancel)
    {
        Said(gates);
        if (gates.FirstOrDefault(g => !g.IsOpen) is { } closed)
        {
            await _ledger.Audit.Append(new AuditEvent("deploy", "refused", caller.Arn, $"gate {closed.Name}: {closed.Text}"), cancel).ConfigureAwait(false);
        }

        var state = await _ledger.State(cancel).ConfigureAwait(false);
        GateKeeper.Demand(gates, _environment, PlanReport.Serving(state));
        return gates;
    }

    /// <summary>The plan made anew: the same, or the reason for which the request is void and closed.</summary>
    private async Task<(PlanRecord? Same, PipelineException? Gone)> LookAgain(Asked asked, CallerIdentity caller, CancellationToken cancel)
    {
        PipelineException gone;
        try
        {
            var now = (await planner.Make(asked.Plan, cancel).ConfigureAwait(false)).Plan;
            await Open(now.Gates, caller, cancel).ConfigureAwait(false);
            var overtaken = await ReleaseRun.Overtaken(_ledger, asked.Plan.Id, cancel).ConfigureAwait(false);
            if (now.Hash() == asked.Plan.Hash() && overtaken is null)
            {
                return (now, null);
            }

            gone = overtaken ?? Refused($"{asked.Plan.Id} is void: the plan is another one than was asked about.", string.Join('\n', asked.Plan.Differences(now)), $"{Words.Deploy(_environment)} asks anew");
        }
        catch (ObsoletePlanException e)
        {
            gone = e;
        }

        await _requests.Close(asked.Request.Id, RequestEnd.Void, cancel).ConfigureAwait(false);
        await Audit("refused", asked.Request.Requester, $"{asked.Plan.Id} is void: the plan changed", asked.Plan, cancel).ConfigureAwait(false);
        return (null, gone);
    }

    private async Task<PipelineException> Ended(DeploymentRequest request, Tally tally, CancellationToken cancel)
    {
        var (end, why) = tally.Verdict switch
        {
            ApprovalVerdict.Rejected => (RequestEnd.Rejected, $"rejected by {string.Join(", ", tally.Rejections.Select(r => r.By))}"),
            ApprovalVerdict.Expired => (RequestEnd.Expired, $"not approved in time: it expired at {request.Expires.UtcDateTime:HH:mm} UTC"),
            _ => (RequestEnd.Void, "void: the plan changed"),
        };
        await _requests.Close(request.Id, end, cancel).ConfigureAwait(false);
        return Refused($"{request.Id} was {why}.", string.Join('\n', tally.Rejections.Select(r => r.Reason).OfType<string>().DefaultIfEmpty("an approval holds for one plan and for a limited time")), $"{Words.Deploy(_environment)} asks anew");
    }

    private PipelineException Refused(string what, string why, string next) =>
        new(ExitCode.Refused, $"REFUSED: {what}", new Detail("why", why), new Detail(_environment, "untouched by this run"), new Detail("next", next));

    private Task<AuditEntry> Audit(string outcome, CallerIdentity by, string text, PlanRecord plan, CancellationToken cancel) => _ledger.Audit.Append(
        new AuditEvent(Terms.Emergency is null ? "deploy" : "emergency", outcome, by.Arn, Terms.Emergency is { } emergency ? $"{text}; emergency: {emergency.Reason}" : text)
        {
            Deployment = plan.Id,
            Facts = new Dictionary<string, string> { ["plan"] = plan.Hash() },
        }, cancel);
}

/// <summary>A request with the plan that it is about.</summary>
public sealed record Asked(DeploymentRequest Request, PlanRecord Plan);
