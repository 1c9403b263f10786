using System.Globalization;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What the topics of a stack (<c>NotificationARNs</c>) hear of its events.</summary>
internal static class StackNotifications
{
    /// <param name="notify">a topic's ARN, a subject, a message</param>
    public static void Tell(StackRecord stack, StackEvent entry, Action<string, string, string> notify)
    {
        if (stack.Current is not { NotificationArns.Count: > 0 } input)
        {
            return;
        }

        var lines = new[]
        {
            ("StackId", entry.StackId), ("Timestamp", entry.Time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture)), ("EventId", entry.Id),
            ("LogicalResourceId", entry.LogicalId), ("Namespace", stack.AccountId), ("PhysicalResourceId", entry.PhysicalId), ("ResourceProperties", "null"),
            ("ResourceStatus", entry.Status), ("ResourceStatusReason", entry.Reason ?? ""), ("ResourceType", entry.Type), ("StackName", entry.StackName), ("ClientRequestToken", entry.Token ?? "null"),
        };
        var message = string.Concat(lines.Select(line => $"{line.Item1}='{line.Item2}'\n"));
        foreach (var topic in input.NotificationArns)
        {
            notify(topic, "AWS CloudFormation Notification", message);
        }
    }
}
