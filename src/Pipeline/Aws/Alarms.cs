using Amazon.CloudWatch.Model;

namespace Pipeline.Aws;

/// <summary>CloudWatch: the states of alarms.</summary>
public sealed class Alarms(AwsConnection aws)
{
    /// <summary>The states of some alarms; one that does not exist is missing.</summary>
    /// <param name="names">at most a hundred</param>
    /// <returns>name → <c>OK</c>, <c>ALARM</c> or <c>INSUFFICIENT_DATA</c></returns>
    /// <exception cref="AwsRefusedException">AWS says no</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public async Task<IReadOnlyDictionary<string, string>> States(IReadOnlyList<string> names, CancellationToken cancel)
    {
        var answer = await aws.Ask("read the states of alarms", () => aws.CloudWatch.DescribeAlarmsAsync(new DescribeAlarmsRequest { AlarmNames = [.. names], AlarmTypes = ["MetricAlarm", "CompositeAlarm"] }, cancel), cancel).ConfigureAwait(false);
        return (answer.MetricAlarms ?? []).Select(a => (a.AlarmName, State: a.StateValue?.Value ?? ""))
            .Concat((answer.CompositeAlarms ?? []).Select(a => (a.AlarmName, State: a.StateValue?.Value ?? "")))
            .ToDictionary(a => a.AlarmName, a => a.State, StringComparer.Ordinal);
    }
}
