using Pipeline.Aws;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Tests.Contracts;
using Metrics = Pipeline.Aws.Metrics;

namespace Pipeline.Tests.Aws;

public sealed class MetricReadings
{
    private static readonly DateTimeOffset Now = DateTimeOffset.UtcNow;
    private static readonly DateTimeOffset Start = new(Now.UtcTicks - Now.UtcTicks % TimeSpan.TicksPerHour - TimeSpan.TicksPerHour, TimeSpan.Zero);
    private static readonly Dictionary<string, string> Api = new() { ["Service"] = "api" };
    private CloudServer _cloud = null!;
    private AwsConnection _connection = null!;

    [OneTimeSetUp]
    public async Task StartCloud()
    {
        _cloud = await CheckedCloud.Start();
        _connection = AwsConnection.ToEmbeddedCloud(_cloud.Cloud.Options.Port, "eu-central-1", "123456789012");
        for (var minute = 0; minute < 7; minute++)
        {
            await new Metrics(_connection).Put("Shop", [("Errors", Api, minute, "Count"), ("Requests", Api, 10 * minute, "Count")], Start.AddMinutes(minute), CancellationToken.None);
        }
    }

    [OneTimeTearDown]
    public async Task StopCloud()
    {
        _connection.Dispose();
        await _cloud.DisposeAsync();
    }

    [TestCase(1)]
    [TestCase(2)]
    [TestCase(100_800)]
    public async Task Every_page_is_read_whatever_its_size(int size)
    {
        var answers = await new Metrics(_connection) { PageSize = size }.Read([Ask("errors", "Errors"), Ask("requests", "Requests"), Ask("none", "None")], TimeSpan.FromMinutes(1), Start, Start.AddMinutes(5), CancellationToken.None);

        Assert.That(answers.Points["errors"], Is.EqualTo(Enumerable.Range(0, 5).ToDictionary(i => Start.AddMinutes(i), i => (double)i)));
        Assert.That(answers.Points["requests"], Has.Count.EqualTo(5));
        Assert.That(answers.Points["none"], Is.Empty);
        Assert.That(answers.Incomplete, Is.Empty);
    }

    [Test]
    public void Throttling_that_does_not_end_is_an_error()
    {
        _cloud.Cloud.Faults.Add(new Fault("monitoring", "GetMetricData", FaultKind.Throttle) { Times = 1000 });
        try
        {
            Assert.That(async () => await new Metrics(_connection).Read([Ask("errors", "Errors")], TimeSpan.FromMinutes(1), Start, Start.AddMinutes(5), CancellationToken.None),
                Throws.TypeOf<AwsRefusedException>().With.Property("Kind").EqualTo(RefusalKind.Throttled));
        }
        finally
        {
            _cloud.Cloud.Faults.Clear();
        }
    }

    [Test]
    public async Task Queues_are_measured_with_their_dead_letters()
    {
        var queues = _cloud.Cloud.Services.First(s => s.SigningName == "sqs" && s.Wire == Wire.Json);
        await CheckedCalls.Call(queues, "CreateQueue", new() { ["QueueName"] = "orders-dead" });
        var url = (await CheckedCalls.Call(queues, "GetQueueUrl", new() { ["QueueName"] = "orders-dead" }))["QueueUrl"]!.ToString();
        await CheckedCalls.Call(queues, "SendMessage", new() { ["QueueUrl"] = url, ["MessageBody"] = "lost" });

        var question = new MetricQuestion("dead", new MetricName("AWS/SQS", "ApproximateNumberOfMessagesVisible", new Dictionary<string, string> { ["QueueName"] = "orders-dead" }), "Maximum");
        await Poll.Until(async () => (await new Metrics(_connection).Read([question], TimeSpan.FromSeconds(1), DateTimeOffset.UtcNow.AddSeconds(-5), DateTimeOffset.UtcNow, CancellationToken.None)).Points["dead"].Values.LastOrDefault() == 1, "the dead letter is counted");
    }

    private static MetricQuestion Ask(string id, string name) => new(id, new MetricName("Shop", name, Api), "Sum");
}
