using System.Globalization;
using Pipeline.Approvals;

namespace Pipeline.Reporting;

/// <summary>A request for approval and its votes, for people.</summary>
public static class ApprovalReport
{
    /// <summary>What is asked for: who decides on it must see it first.</summary>
    public static void Request(Output output, DeploymentRequest request) => output.Labelled("Plan", string.Join('\n',
    [
        $"{request.Id}   requested {Clock(request.RequestedAt)} UTC by {Who(request.Requester.Arn)}   expires {Clock(request.Expires)}",
        .. request.Summary,
        $"hash {request.Plan}",
    ]));

    /// <summary>How it stands, and what happens next.</summary>
    public static void Standing(Output output, DeploymentRequest request, Tally tally) => output.Labelled("Approval", string.Join('\n', Lines(request, tally)));

    /// <summary>The same, line by line.</summary>
    public static IReadOnlyList<string> Lines(DeploymentRequest request, Tally tally) =>
    [
        Headline(request, tally),
        .. tally.Approvals.Select(v => Voted("approved", v)),
        .. tally.Rejections.Select(v => Voted("rejected", v)),
        .. tally.Ignored.Select(v => $"ignored {Who(v.By)}: {v.Why}"),
        .. tally.NotEvaluable.Select(why => $"not evaluable: {why}"),
        .. Next(request, tally),
    ];

    /// <summary><c>arn:aws:iam::…:user/alice</c> → <c>alice</c>.</summary>
    public static string Who(string arn) => arn.StartsWith("arn:", StringComparison.Ordinal) ? arn[(arn.LastIndexOf('/') + 1)..] : arn;

    private static string Headline(DeploymentRequest request, Tally tally) => tally.Verdict switch
    {
        ApprovalVerdict.Waiting => $"waiting for {tally.Missing} of [{string.Join(", ", tally.Awaited)}]   requested {Clock(request.RequestedAt)} by {Who(request.Requester.Arn)}   expires {Clock(request.Expires)}",
        ApprovalVerdict.Approved => $"{tally.Why}{(tally.ApprovedAt is { } at ? $" at {Clock(at)} UTC" : "")}",
        ApprovalVerdict.Rejected => $"REJECTED: {tally.Why}",
        ApprovalVerdict.Expired => $"EXPIRED: {tally.Why}",
        _ => $"VOID: {tally.Why}",
    };

    private static string Voted(string word, CountedVote vote) => $"{word} by {vote.Person} at {Clock(vote.At)}{(vote.Reason is null ? "" : $": {vote.Reason}")}";

    private static IEnumerable<string> Next(DeploymentRequest request, Tally tally) => tally.Verdict switch
    {
        ApprovalVerdict.Waiting => tally.Awaited.Where(p => !p.StartsWith("github:", StringComparison.OrdinalIgnoreCase)).Take(1)
            .Select(p => $"approve:  AWS_PROFILE={Who(p)} ./build.sh --target=Approve --deployment={request.Id}"),
        ApprovalVerdict.Approved when request.Command is { } command => [$"next: the waiting run goes on by itself; where none waits: {command}"],
        ApprovalVerdict.Approved => ["next: the waiting run goes on by itself"],
        _ => [$"next: nothing is deployed; whoever wants it deploys again, which makes a new request"],
    };

    private static string Clock(DateTimeOffset time) => time.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
