using Amazon.CloudWatchLogs.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class LogScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("logs", "groups and streams", "CreateLogGroup DescribeLogGroups PutRetentionPolicy CreateLogStream DescribeLogStreams DeleteLogStream DeleteLogGroup", Groups),
        new("logs", "events", "CreateLogGroup CreateLogStream PutLogEvents GetLogEvents FilterLogEvents", Events),
    ];

    private static async Task Groups(ContractClients on)
    {
        await on.Logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = on.Name });
        Assert.ThrowsAsync<ResourceAlreadyExistsException>(() => on.Logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = on.Name }));
        await on.Logs.PutRetentionPolicyAsync(new PutRetentionPolicyRequest { LogGroupName = on.Name, RetentionInDays = 7 });
        var group = (await on.Logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = on.Name })).LogGroups.Single();
        await on.Logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = on.Name, LogStreamName = "a/b" });
        var stream = (await on.Logs.DescribeLogStreamsAsync(new DescribeLogStreamsRequest { LogGroupName = on.Name })).LogStreams.Single();
        await on.Logs.DeleteLogStreamAsync(new DeleteLogStreamRequest { LogGroupName = on.Name, LogStreamName = "a/b" });
        await on.Logs.DeleteLogGroupAsync(new DeleteLogGroupRequest { LogGroupName = on.Name });

        Assert.That((group.LogGroupName, group.RetentionInDays), Is.EqualTo((on.Name, (int?)7)));
        Assert.That(stream.LogStreamName, Is.EqualTo("a/b"));
        Assert.ThrowsAsync<ResourceNotFoundException>(() => on.Logs.DescribeLogStreamsAsync(new DescribeLogStreamsRequest { LogGroupName = on.Name }));
    }

    private static async Task Events(ContractClients on)
    {
        await on.Logs.CreateLogGroupAsync(new CreateLogGroupRequest { LogGroupName = on.Name });
        await on.Logs.CreateLogStreamAsync(new CreateLogStreamRequest { LogGroupName = on.Name, LogStreamName = "s" });
        var start = DateTime.UtcNow.AddMinutes(-1);
        await on.Logs.PutLogEventsAsync(new PutLogEventsRequest
        {
            LogGroupName = on.Name, LogStreamName = "s", LogEvents = [.. Enumerable.Range(1, 5).Select(n => new InputLogEvent { Timestamp = start.AddSeconds(n), Message = n == 3 ? "an ERROR" : $"line {n}" })],
        });
        var first = await on.Logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = on.Name, LogStreamName = "s", StartFromHead = true, Limit = 2 });
        var rest = await on.Logs.GetLogEventsAsync(new GetLogEventsRequest { LogGroupName = on.Name, LogStreamName = "s", StartFromHead = true, NextToken = first.NextForwardToken });
        var errors = await on.Logs.FilterLogEventsAsync(new FilterLogEventsRequest { LogGroupName = on.Name, FilterPattern = "ERROR" });

        Assert.That(first.Events.Concat(rest.Events).Select(e => e.Message), Is.EqualTo(new[] { "line 1", "line 2", "an ERROR", "line 4", "line 5" }));
        Assert.That(errors.Events.Select(e => (e.LogStreamName, e.Message)), Is.EqualTo(new[] { ("s", "an ERROR") }));
    }
}
