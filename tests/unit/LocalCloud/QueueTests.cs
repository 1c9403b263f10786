using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.Queues;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud;

public sealed class QueueTests
{
    private static readonly Dictionary<string, string> None = [];
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 1, 2, 3, 4, 5, TimeSpan.Zero));
    private Database _database = null!;
    private QueueStore _store = null!;

    [SetUp]
    public void Open()
    {
        _database = new Database(null);
        _store = new QueueStore(_database, _time, "http://127.0.0.1:4510");
    }

    [TearDown]
    public void Close() => _database.Dispose();

    [Test]
    public async Task A_received_message_is_hidden_until_its_time_is_over()
    {
        var queue = _store.Create("orders", "eu-central-1", None, None);
        _store.Send(queue, "one", null, "me", null);

        var first = await Receive(queue);
        var hidden = await Receive(queue);
        _time.Advance(TimeSpan.FromSeconds(30));
        var again = await Receive(queue);

        Assert.That(first, Has.Count.EqualTo(1));
        Assert.That(hidden, Is.Empty);
        Assert.That(again.Single().Received, Is.EqualTo(2));
    }

    [Test]
    public async Task An_old_receipt_deletes_nothing()
    {
        var queue = _store.Create("orders", "eu-central-1", None, None);
        _store.Send(queue, "one", null, "me", null);
        var first = (await Receive(queue)).Single();
        _time.Advance(TimeSpan.FromSeconds(30));
        var second = (await Receive(queue)).Single();

        queue.Delete(first.Id, first.Received);
        Assert.That(queue.Count().Hidden, Is.EqualTo(1));
        queue.Delete(second.Id, second.Received);
        Assert.That(queue.Count().Hidden, Is.Zero);
    }

    [Test]
    public async Task A_message_received_too_often_goes_to_the_dead_letters()
    {
        var dead = _store.Create("dead", "eu-central-1", None, None);
        var settings = new Dictionary<string, string> { ["RedrivePolicy"] = """{"deadLetterTargetArn":"arn:aws:sqs:eu-central-1:123456789012:dead","maxReceiveCount":"2"}""" };
        var queue = _store.Create("orders", "eu-central-1", settings, None);
        _store.Send(queue, "poison", null, "me", null);
        for (var i = 0; i < 3; i++)
        {
            _ = await Receive(queue);
            _time.Advance(TimeSpan.FromSeconds(30));
        }

        Assert.That(queue.Count(), Is.EqualTo((0, 0, 0)));
        Assert.That((await Receive(dead)).Single().Body, Is.EqualTo("poison"));
    }

    [Test]
    public void Messages_in_delay_and_too_old_ones_are_not_there()
    {
        var queue = _store.Create("orders", "eu-central-1", new Dictionary<string, string> { ["MessageRetentionPeriod"] = "60" }, None);
        _store.Send(queue, "later", null, "me", delaySeconds: 20);

        Assert.That(queue.Count(), Is.EqualTo((0, 0, 1)));
        _time.Advance(TimeSpan.FromSeconds(20));
        Assert.That(queue.Count(), Is.EqualTo((1, 0, 0)));
        _time.Advance(TimeSpan.FromSeconds(41));
        Assert.That(queue.Count(), Is.EqualTo((0, 0, 0)));
    }

    [TestCase("VisibilityTimeout", "43201", "InvalidAttributeValue")]
    [TestCase("RedrivePolicy", "{}", "InvalidAttributeValue")]
    [TestCase("FifoQueue", "true", "InvalidAttributeName")]
    public void A_setting_that_is_not_understood_is_refused(string name, string value, string code) =>
        Assert.That(() => _store.Create("orders", "eu-central-1", new Dictionary<string, string> { [name] = value }, None), Throws.TypeOf<AwsException>().With.Property("Code").EqualTo(code));

    private Task<IReadOnlyList<Message>> Receive(Queue queue) => queue.Receive(10, TimeSpan.FromSeconds(30), TimeSpan.Zero, _store.DeadLettersOf(queue), CancellationToken.None);
}
