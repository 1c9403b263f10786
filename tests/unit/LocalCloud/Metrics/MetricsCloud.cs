using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Metrics;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud.Metrics;

/// <summary>The metrics room with a clock that a test moves, called as the front calls it.</summary>
internal sealed class MetricsCloud : IDisposable
{
    private readonly Database _database = new(null);

    public MetricsCloud(Measurements? measurements = null) =>
        Room = new MetricsRoom(_database, Time, measurements ?? new Measurements([], []), (target, subject, message) => Told.Enqueue((target, subject, message)));

    public ManualTime Time { get; } = new(new DateTimeOffset(2026, 1, 1, 12, 0, 0, TimeSpan.Zero));

    public MetricsRoom Room { get; }

    public ConcurrentQueue<(string Target, string Subject, string Message)> Told { get; } = new();

    public async Task<JsonObject> Call(string operation, string body) => await Room.Services[0].Operations[operation](
        new AwsRequest(operation, (JsonObject)JsonNode.Parse(body)!, new Caller("123456789012", "arn:aws:iam::123456789012:user/developer", "ID"), "us-east-1", CancellationToken.None));

    public Task Put(double value, string name = "Errors") => Call("PutMetricData", $$"""{"Namespace":"Shop","MetricData":[{"MetricName":"{{name}}","Value":{{value}},"Dimensions":[{"Name":"Service","Value":"api"}]}]}""");

    public void Pass(TimeSpan span)
    {
        Time.Advance(span);
        Room.Step();
    }

    public async Task<JsonObject> Alarm(string name = "errors") => (await Call("DescribeAlarms", $$"""{"AlarmNames":["{{name}}"]}""")).Objects("MetricAlarms").Single();

    public void Dispose() => _database.Dispose();
}
