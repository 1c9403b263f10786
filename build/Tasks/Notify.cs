using Cake.Frosting;
using Pipeline.Ledger;
using Pipeline.Notifications;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Build.Tasks;

[TaskName("Notify")]
[TaskDescription("Send every receiver of --environment a message that is marked as a test; --cause: only those who are told of it")]
public sealed class Notify : AsyncFrostingTask<BuildContext>
{
    public override async Task RunAsync(BuildContext context)
    {
        var environment = context.Settings.Environment;
        var cause = context.Typed[Options.Cause] is { } word ? Causes.Of(word) : (Cause?)null;
        var groups = cause is { } one ? context.Notifier.Concerned(one) : environment.Notifications;
        if (groups.Count == 0)
        {
            throw new UsageException($"Nobody in {environment.Name} is told {(cause is null ? "anything" : $"of '{cause.Value.Word()}'")}.",
                new Detail("next", $"add a group to 'notifications' in {context.Settings.File} (docs/notifications.md)"));
        }

        var notice = context.Notices().Test(cause ?? Cause.Deployed, Operator.UserAtHost, DateTimeOffset.UtcNow);
        NotificationReport.Tested(context.Output, await context.Notifier.Try(notice, groups, context.Cancel), environment.Name);
    }
}
