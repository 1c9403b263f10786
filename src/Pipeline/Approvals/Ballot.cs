using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Approvals;

/// <summary>
/// Votes on requests: objects in the ledger's bucket that only their voters can write (<see cref="VotePolicy"/>), and what GitHub knows.
/// Who voted is read from an object's key, never from its content.
/// </summary>
/// <param name="aws">asked as whoever runs this</param>
/// <param name="store">the ledger's bucket</param>
/// <param name="rules">who must say yes, as configured now</param>
/// <param name="environment">whose requests they are</param>
/// <param name="time">decides what has expired</param>
public sealed class Ballot(AwsAccount aws, ObjectStore store, ApprovalSettings rules, string environment, TimeProvider time)
{
    private readonly RequestBook _book = new(store, environment, time);
    private readonly AuditLog _log = new(store, environment, time);

    /// <summary>GitHub's API; <c>null</c>: what people decide there does not count.</summary>
    public GitHubApprovals? GitHub { get; init; }

    /// <summary>Where refusals and votes are written down; <c>null</c>: the log itself, whose failures are then failures of the vote.</summary>
    public AuditTrail? Trail { get; init; }

    private IReadOnlyList<Approver> Approvers => [.. rules.Approvers.Distinct(StringComparer.Ordinal).Select(entry => new Approver(entry, aws.Id))];

    /// <summary>Whether enough people are configured beside the requester.</summary>
    /// <param name="requester">who asks</param>
    /// <param name="login">the same person on GitHub, if known</param>
    /// <returns><c>null</c>: they are; otherwise a sentence that says what is missing</returns>
    public string? Possible(CallerIdentity requester, string? login = null)
    {
        var others = Approvers.Where(a => !a.Is(requester) && !a.IsLogin(login)).ToList();
        return others.Count >= rules.Required ? null
            : $"{environment} needs {Count(rules.Required)} beside the requester, but gates.approval.approvers names {(others.Count == 0 ? "nobody else" : $"only {string.Join(", ", others.Select(a => a.Entry))}")}";
    }

    /// <summary>Says yes or no in the caller's name, once.</summary>
    /// <param name="approve">yes or no</param>
    /// <param name="reason">in the voter's words</param>
    /// <returns>how the request stands then</returns>
    /// <exception cref="PipelineException">the caller may not vote on it, or not any more (3); the refusal is in the audit log</exception>
    public async Task<Tally> Vote(DeploymentRequest request, bool approve, string? reason, CancellationToken cancel)
    {
        var caller = await aws.Identity.Caller(cancel).ConfigureAwait(false);
        var voter = await Principal.Of(caller, aws, cancel).ConfigureAwait(false);
        var action = approve ? "approve" : "reject";
        reason = BallotBox.Readable(reason);
        var stored = await _book.Find(request.Id, cancel).ConfigureAwait(false);
        var vote = new Vote(request.Id, environment, request.Plan, approve, reason, time.GetUtcNow()) { Writing = Guid.NewGuid().ToString("N") };
        var refusal = Refusal(request, stored, caller, voter) ?? await Cast(voter, vote, cancel).ConfigureAwait(false);
        var said = new AuditEvent(action, refusal is null ? "done" : "refused", caller.Arn, refusal is null ? $"{(approve ? "approved" : "rejected")} {request.Id}{(reason is null ? "" : $": {reason}")}" : $"may not {action} {request.Id}: {refusal}")
        {
            Deployment = request.Id,
            Facts = new Dictionary<string, string> { ["plan"] = request.Plan, ["userid"] = caller.UserId },
        };
        await Audit(said, cancel).ConfigureAwait(false);
        if (refusal is not null)
        {
            throw Refused(request, action, refusal);
        }

        if (!approve)
        {
            await Close(request, cancel).ConfigureAwait(false);
        }

        return await Count(request, request.Plan, cancel).ConfigureAwait(false);
    }

    /// <summary>Counts the votes on a request, by the rules and the plan of now.</summary>
    /// <param name="planNow">hash of what would be deployed now</param>
    public async Task<Tally> Count(DeploymentRequest request, string planNow, CancellationToken cancel)
    {
        var box = new BallotBox(Approvers, request, environment);
        await foreach (var entry in store.List(Principal.Votes, cancel).ConfigureAwait(false))
        {
            if (entry.Key.EndsWith($"/{request.Id}.json", StringComparison.Ordinal))
            {
                await Take(box, entry, cancel).ConfigureAwait(false);
            }
        }

        if (request.GitHubRun is { } run && Approvers.Any(a => a.IsOnGitHub))
        {
            await AskGitHub(box, run, cancel).ConfigureAwait(false);
        }

        var closed = (await _book.Find(request.Id, cancel).ConfigureAwait(false) ?? request).Closed;
        return box.Tally(planNow, Math.Max(rules.Required, request.Required), closed, time.GetUtcNow());
    }

    private static string Count(int people) => people == 1 ? "1 person" : $"{people} people";

    private string? Refusal(DeploymentRequest request, DeploymentRequest? stored, CallerIdentity caller, Principal voter) =>
        stored is null ? $"{environment} has no such request"
        : stored.Closed is { } closed ? $"it is closed ({Word(closed)})"
        : time.GetUtcNow() >= stored.Expires ? $"it expired at {stored.Expires:yyyy-MM-dd HH:mm} UTC"
        : stored.Plan != request.Plan ? $"its plan is {stored.Plan}, not {request.Plan} any more"
        : IsRequester(stored, caller, voter) ? "you asked for it yourself, and another person must decide"
        : Approvers.Any(a => a.Is(voter)) ? null
        : rules.Approvers.Count == 0 ? "gates.approval.approvers names nobody" : $"{caller.Arn} is not among the approvers ({string.Join(", ", rules.Approvers)})";

    private bool IsRequester(DeploymentRequest request, CallerIdentity caller, Principal voter) =>
        caller.UserId == request.Requester.UserId || caller.Arn == request.Requester.Arn || Approvers.Any(a => a.Is(voter) && (a.Is(request.Requester) || a.IsLogin(request.GitHubRun?.TriggeredBy)));

    /// <returns><c>null</c>: it is in the box; otherwise why not</returns>
    private async Task<string?> Cast(Principal voter, Vote vote, CancellationToken cancel)
    {
        var key = voter.Key(vote.Deployment);
        try
        {
            if (await store.PutIfAbsent(key, vote, cancel).ConfigureAwait(false) is not null)
            {
                return null;
            }
        }
        catch (AwsRefusedException e) when (e.Code == "AccessDenied")
        {
            return $"S3 does not let {voter.Arn} write its vote ({e.Message})";
        }

        var there = (await store.Get<Vote>(key, cancel).ConfigureAwait(false))?.Value;
        // The answer to our write may have been lost, not the write.
        return there?.Writing == vote.Writing ? null : $"you have already {(there?.Approve == false ? "rejected" : "approved")} it, at {there?.At:HH:mm:ss} UTC";
    }

    private async Task Close(DeploymentRequest request, CancellationToken cancel)
    {
        try
        {
            await _book.Close(request.Id, RequestEnd.Rejected, cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException)
        {
            // The vote itself decides; who counts it closes the request.
        }
    }

    private async Task Take(BallotBox box, ObjectEntry entry, CancellationToken cancel)
    {
        if (Principal.InKey(entry.Key) is not { } found)
        {
            box.Ignore(entry.Key, "forged: nobody's votes lie there");
            return;
        }

        try
        {
            if (await store.Get<Vote>(entry.Key, cancel).ConfigureAwait(false) is { } vote)
            {
                // Nobody's clock makes a vote older than it is.
                box.Take(found.Voter, vote.Value with { At = vote.Value.At > entry.Modified ? vote.Value.At : entry.Modified });
            }
        }
        catch (PipelineException e) when (e is not (AwsRefusedException or AwsUnreachableException))
        {
            box.Ignore(found.Voter.Arn, "forged: it can not be read as a vote");
        }
    }

    private async Task AskGitHub(BallotBox box, GitHubRun run, CancellationToken cancel)
    {
        if (GitHub is null)
        {
            box.NotEvaluable("GitHub can not be asked: GITHUB_TOKEN is not set");
            return;
        }

        var triggered = await GitHub.TriggeredBy(run, cancel).ConfigureAwait(false);
        var reviews = await GitHub.Reviews(run, cancel).ConfigureAwait(false);
        if ((triggered.NotEvaluable ?? reviews.NotEvaluable) is { } why)
        {
            box.NotEvaluable(why);
            return;
        }

        foreach (var review in reviews.Value!)
        {
            var seen = box.Concerns(review) ? await _book.FirstSeen(box.Request.Id, $"github-{review.Login}", cancel).ConfigureAwait(false) : time.GetUtcNow();
            box.Take(review, triggered.Value!, seen);
        }
    }

    private async Task Audit(AuditEvent what, CancellationToken cancel)
    {
        if (Trail is null)
        {
            await _log.Append(what, cancel).ConfigureAwait(false);
        }
        else
        {
            await Trail.Note(what).ConfigureAwait(false);
        }
    }

    private PipelineException Refused(DeploymentRequest request, string action, string why) => new(
        ExitCode.Refused,
        $"REFUSED: you may not {action} {request.Id}.",
        new Detail("why", why),
        new Detail(environment, "untouched; the attempt is in the audit log"),
        new Detail("next", why.StartsWith("its plan", StringComparison.Ordinal) ? "the same command again: it shows the plan of now"
            : why.StartsWith("it is closed", StringComparison.Ordinal) || why.StartsWith("it expired", StringComparison.Ordinal) ? "whoever wants it deploys again, which makes a new request"
            : why.StartsWith("you have already", StringComparison.Ordinal) ? $"./build.sh --target=History --deployment={request.Id} shows how it stands"
            : $"one of {string.Join(", ", rules.Approvers)} decides: AWS_PROFILE=<theirs> ./build.sh --target={(action == "approve" ? "Approve" : "Reject")} --deployment={request.Id}"));

    private static string Word(RequestEnd end) => end.ToString().ToLowerInvariant();
}
