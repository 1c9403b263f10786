using Pipeline.Processes;

namespace Pipeline.Approvals;

/// <summary>Sorts votes into those that count and those that do not, each with its reason. It asks nobody.</summary>
internal sealed class BallotBox(IReadOnlyList<Approver> approvers, DeploymentRequest request, string environment)
{
    private const int LongestText = 500;
    private readonly List<(CountedVote Vote, bool Approve)> _counted = [];
    private readonly List<IgnoredVote> _ignored = [];
    private readonly List<string> _notEvaluable = [];

    public DeploymentRequest Request => request;

    public void Ignore(string by, string why) => _ignored.Add(new IgnoredVote(Readable(by)!, Readable(why)!));

    public void NotEvaluable(string why) => _notEvaluable.Add(why);

    /// <param name="voter">from the object's key</param>
    /// <param name="vote">its content, with the time from which it counts</param>
    public void Take(Principal voter, Vote vote)
    {
        var person = approvers.FirstOrDefault(a => a.Is(voter));
        var why = vote.Deployment != request.Id ? $"it is a vote on another deployment ({vote.Deployment})"
            : vote.Environment != environment ? $"it is a vote on another environment ({vote.Environment})"
            : vote.Plan != request.Plan ? $"it is a vote on another plan ({Short(vote.Plan)})"
            : IsRequester(voter, person) ? "the requester does not decide"
            : person is null ? "not among the approvers now"
            : null;
        Sort(person, new CountedVote(person?.Entry ?? "", voter.Arn, vote.At, vote.Reason), vote.Approve, why);
    }

    /// <summary>Whether a review may count: only then its time matters.</summary>
    public bool Concerns(GitHubReview review) => review.State is "approved" or "rejected" && review.Environments.Contains(environment) && approvers.Any(a => a.IsLogin(review.Login));

    /// <param name="triggeredBy">who triggered the run, as GitHub says now</param>
    /// <param name="seen">when it was first seen: GitHub does not tell its time</param>
    public void Take(GitHubReview review, string triggeredBy, DateTimeOffset seen)
    {
        var person = approvers.FirstOrDefault(a => a.IsLogin(review.Login));
        var why = !review.Environments.Contains(environment) ? $"it is about {string.Join(", ", review.Environments)} on GitHub, not about {environment}"
            : review.State is not ("approved" or "rejected") ? $"GitHub says '{review.State}'"
            : Same(review.Login, triggeredBy) || Same(review.Login, request.GitHubRun?.TriggeredBy) || (person is not null && person.Is(request.Requester)) ? "the requester does not decide"
            : person is null ? "not among the approvers now"
            : null;
        Sort(person, new CountedVote(person?.Entry ?? "", $"github:{review.Login}", seen, review.Comment), review.State == "approved", why);
    }

    public Tally Tally(string planNow, int required, RequestEnd? closed, DateTimeOffset now)
    {
        var approvals = _counted.Where(v => v.Approve).Select(v => v.Vote).OrderBy(v => v.At).ToList();
        var rejections = _counted.Where(v => !v.Approve).Select(v => v.Vote).OrderBy(v => v.At).ToList();
        DateTimeOffset? approvedAt = required <= 0 ? request.RequestedAt : approvals.Count >= required ? approvals[required - 1].At : null;
        var (verdict, why) = Verdict(planNow, closed, now, rejections, approvedAt is not null);
        return new Tally(verdict, why ?? (approvedAt is null ? $"{approvals.Count} of {required} approved" : required <= 0 ? "nobody has to approve" : $"approved by {string.Join(", ", approvals.Select(v => v.Person))}"), required)
        {
            Approvals = approvals,
            Rejections = rejections,
            Ignored = _ignored,
            Awaited = [.. approvers.Where(a => _counted.TrueForAll(v => v.Vote.Person != a.Entry) && !a.Is(request.Requester) && !a.IsLogin(request.GitHubRun?.TriggeredBy)).Select(a => a.Entry)],
            NotEvaluable = _notEvaluable,
            ApprovedAt = approvedAt,
        };
    }

    /// <summary>A no counts whatever else is true; a yes only while nothing else speaks against it.</summary>
    private (ApprovalVerdict Verdict, string? Why) Verdict(string planNow, RequestEnd? closed, DateTimeOffset now, IReadOnlyList<CountedVote> rejections, bool approved) => (rejections, closed) switch
    {
        ([var no, ..], _) => (ApprovalVerdict.Rejected, $"rejected by {no.Person} at {no.At:HH:mm:ss} UTC{(no.Reason is null ? "" : $": {no.Reason}")}"),
        (_, RequestEnd.Rejected) => (ApprovalVerdict.Rejected, "the request was closed as rejected"),
        _ when closed is RequestEnd.Expired || now >= request.Expires => (ApprovalVerdict.Expired, $"it stood until {request.Expires:yyyy-MM-dd HH:mm:ss} UTC"),
        (_, { } end) => (ApprovalVerdict.Void, $"the request was closed as {end.ToString().ToLowerInvariant()}"),
        _ when planNow != request.Plan => (ApprovalVerdict.Void, $"plan {Short(request.Plan)} was to be approved, but now it is {Short(planNow)}"),
        _ => (approved ? ApprovalVerdict.Approved : ApprovalVerdict.Waiting, null),
    };

    /// <summary>A person's words on one line of a terminal or a log: anybody may have written them.</summary>
    internal static string? Readable(string? words) => words is null ? null
        : TerminalText.Echo(words.ReplaceLineEndings(" ")) is { Length: > LongestText } text ? $"{text[..LongestText]}…" : TerminalText.Echo(words.ReplaceLineEndings(" "));

    private void Sort(Approver? person, CountedVote vote, bool approve, string? why)
    {
        vote = vote with { Reason = Readable(vote.Reason) };
        why ??= vote.At >= request.Expires ? $"it came at {vote.At:HH:mm:ss} UTC, after the request had expired"
            : _counted.Any(v => v.Vote.Person == person!.Entry) ? $"duplicate: {person!.Entry} has voted already"
            : null;
        if (why is null)
        {
            _counted.Add((vote, approve));
        }
        else
        {
            Ignore(vote.By, why);
        }
    }

    private bool IsRequester(Principal voter, Approver? person) =>
        voter.UserId == request.Requester.UserId || voter.Arn == request.Requester.Arn || (person is not null && (person.Is(request.Requester) || person.IsLogin(request.GitHubRun?.TriggeredBy)));

    private static bool Same(string login, string? other) => string.Equals(login, other, StringComparison.OrdinalIgnoreCase);

    private static string Short(string hash) => hash.Length > 12 ? hash[..12] : hash;
}
