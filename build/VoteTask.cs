using Pipeline.Approvals;
using Pipeline.Reporting;

namespace Build;

/// <summary>How a person decides: the request is shown, the vote is cast, and what is still missing is said.</summary>
internal static class VoteTask
{
    public static async Task Vote(this BuildContext context, bool approve)
    {
        var environment = context.Settings.Environment;
        var book = new RequestBook(await context.Store(), environment.Name, TimeProvider.System);
        var request = await RequestChoice.Of(book, context.Typed[Options.Deployment], environment.Name, approve ? "Approve" : "Reject", context.Cancel);
        ApprovalReport.Request(context.Output, request);
        var tally = await (await context.Ballot()).Vote(request, approve, context.Typed[Options.Reason], context.Cancel);
        ApprovalReport.Standing(context.Output, request, tally);
    }

    /// <summary>The environment's ballot, by the rules of pipeline.yml.</summary>
    public static async Task<Ballot> Ballot(this BuildContext context) =>
        new(await context.Aws(), await context.Store(), context.Settings.Environment.Gates.Approval, context.Settings.Environment.Name, TimeProvider.System)
        {
            GitHub = GitHubApprovals.Current(Environment.GetEnvironmentVariable),
            Trail = await context.Trail(),
        };
}
