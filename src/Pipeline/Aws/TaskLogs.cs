using Amazon.CloudWatchLogs.Model;

namespace Pipeline.Aws;

/// <summary>One line that a container wrote.</summary>
/// <param name="Time">when</param>
/// <param name="Text">without the line's end</param>
public sealed record LogLine(DateTimeOffset Time, string Text);

/// <summary>CloudWatch Logs: what tasks wrote.</summary>
public sealed class TaskLogs(AwsConnection aws)
{
    private const int MostLinesAtOnce = 10_000;

    /// <summary>The last lines of a stream, oldest first; none where the task never wrote.</summary>
    /// <param name="log">see <see cref="ContainerState.Log"/></param>
    /// <param name="lines">at most so many, up to 10,000</param>
    /// <exception cref="AwsRefusedException">any reason but a missing group or stream</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyList<LogLine>> Last(LogStreamName log, int lines, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask(
                $"read log stream '{log.Stream}' of '{log.Group}'",
                () => aws.Logs.GetLogEventsAsync(
                    new GetLogEventsRequest { LogGroupName = log.Group, LogStreamName = log.Stream, Limit = Math.Min(lines, MostLinesAtOnce), StartFromHead = false }, cancel),
                cancel).ConfigureAwait(false);
            return [.. (answer.Events ?? []).Select(e => new LogLine(AwsTime.Required(e.Timestamp), e.Message.TrimEnd('\r', '\n')))];
        }
        catch (AwsRefusedException e) when (e.Code == "ResourceNotFoundException")
        {
            return [];
        }
    }

    /// <summary>Whether there is a log group.</summary>
    /// <param name="group">its whole name</param>
    /// <exception cref="AwsRefusedException">AWS says no</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<bool> HasGroup(string group, CancellationToken cancel)
    {
        var groups = await aws.AskAll(
            $"look for log group '{group}'",
            token => aws.Logs.DescribeLogGroupsAsync(new DescribeLogGroupsRequest { LogGroupNamePrefix = group, NextToken = token }, cancel),
            page => (page.LogGroups, page.NextToken),
            cancel).ConfigureAwait(false);
        return groups.Any(g => g.LogGroupName == group);
    }
}
