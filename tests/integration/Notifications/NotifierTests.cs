using System.Text.Json.Nodes;
using Amazon.SimpleNotificationService.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Pipeline.Aws;
using Pipeline.LocalCloud;
using Pipeline.Notifications;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Notifications;

/// <summary>Who is told what, and what the ledger remembers of it, on an embedded cloud.</summary>
public sealed class NotifierTests
{
    private const string Chat = """
          devops:
            receivers: { chat: { slack: env:CHAT } }
        """;

    private CloudServer _cloud = null!;
    private AwsConnection _connection = null!;
    private AwsAccount _aws = null!;
    private ObjectStore _store = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _connection = AwsConnection.ToEmbeddedCloud(new Uri(_cloud.Endpoint).Port, "eu-central-1", "123456789012");
        _aws = new AwsAccount(_connection);
        _store = await _aws.Store("ledger", "staging", CancellationToken.None);
    }

    [TearDown]
    public async Task Stop()
    {
        _connection.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test]
    public async Task Nobody_is_told_twice_by_whichever_run()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground(Chat, ("CHAT", listener.Url()));

        var first = await Tell(ground, ground.Notice(), ground.Notice());
        var second = await Tell(ground, ground.Notice());

        Assert.That(first.Single().Delivered, Is.True);
        Assert.That(second, Is.Empty);
        Assert.That(listener.Received, Has.Count.EqualTo(1));
        var remembered = await _store.List("environments/staging/notices/", CancellationToken.None).ToListAsync();
        Assert.That((await _store.Get<NoticeEntry>(remembered.Single().Key, CancellationToken.None))!.Value.Deliveries, Is.EqualTo(first));
    }

    [Test]
    public async Task Two_runs_at_once_tell_it_once()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground(Chat, ("CHAT", listener.Url()));

        await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => Tell(ground, ground.Notice())));

        Assert.That(listener.Received, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task Another_release_another_cause_and_another_incident_are_other_news()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground(Chat, ("CHAT", listener.Url()));
        var notice = ground.Notice();

        await Tell(ground, notice, notice with { About = "staging-20261123-130000-3f2c1ab" }, notice with { Cause = Cause.TriggerFired, Incident = "1" }, notice with { Cause = Cause.TriggerFired, Incident = "2" });

        Assert.That(listener.Received, Has.Count.EqualTo(4));
    }

    [Test]
    public async Task What_a_run_that_was_killed_had_begun_to_tell_is_told_again_when_its_lease_is_over()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground(Chat, ("CHAT", listener.Url()));
        Assert.That(await Book(ground).Claim(ground.Notice(), CancellationToken.None), Is.Not.Null, "a run takes it, and is killed");

        Assert.That(await Tell(ground, ground.Notice()), Is.Empty, "it may be at it still");
        ground.Time.Advance(Limits.Lease);

        Assert.That((await Tell(ground, ground.Notice())).Single().Delivered, Is.True);
        Assert.That(listener.Received, Has.Count.EqualTo(1));
    }

    [Test]
    public async Task A_ledger_that_does_not_answer_keeps_no_news_back()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground(Chat, ("CHAT", listener.Url()));
        var notifier = ground.Notifier();

        notifier.Tell(ground.Notice(), CancellationToken.None);

        Assert.That((await notifier.Ended()).Single().Delivered, Is.True);
    }

    [Test]
    public async Task Old_news_is_no_news()
    {
        using var ground = new Ground(Chat, ("CHAT", Listener.Closed()));
        var notice = ground.Notice();
        ground.Time.Advance(Limits.News + TimeSpan.FromSeconds(1));

        Assert.That(await Tell(ground, notice), Is.Empty);
    }

    [Test]
    public async Task A_group_is_told_of_its_causes_only()
    {
        await using var listener = await Listener.Start();
        using var ground = new Ground("""
              devops:
                receivers: { chat: { slack: env:CHAT } }
              security:
                causes: [emergency-used]
                receivers: { desk: { slack: env:DESK } }
              nobody:
                causes: []
                receivers: { none: { slack: env:DESK } }
            """, ("CHAT", listener.Url("/chat/EXAMPLE-chat")), ("DESK", listener.Url("/desk/EXAMPLE-desk")));

        var told = await Tell(ground, ground.Notice(), ground.Notice() with { Cause = Cause.EmergencyUsed });

        Assert.That(told.Select(d => $"{d.Cause} {d.Group}/{d.Receiver}"), Is.EquivalentTo(new[] { "deployed devops/chat", "emergency-used devops/chat", "emergency-used security/desk" }));
    }

    [Test]
    public async Task Secrets_are_read_where_they_are_kept()
    {
        await using var listener = await Listener.Start();
        await _connection.Secrets.CreateSecretAsync(new() { Name = "ops/chat", SecretString = new JsonObject { ["url"] = listener.Url("/chat/EXAMPLE-from-secrets-manager") }.ToJsonString() });
        await _connection.Parameters.PutParameterAsync(new() { Name = "/shop/staging/card", Value = listener.Url("/card/EXAMPLE-from-ssm"), Type = "SecureString" });
        using var ground = new Ground("""
              devops:
                receivers:
                  chat: { slack: secretsmanager:ops/chat:url }
                  card: { teams: ssm:/shop/staging/card }
                  key: { slack: secretsmanager:ops/chat:nothing }
                  gone: { slack: ssm:/shop/staging/gone }
            """);

        var told = await Tell(ground, ground.Notice());

        Assert.That(told.Select(d => d.Error), Is.EqualTo(new[] { null, null, "secretsmanager:ops/chat:nothing does not exist, or is empty", "ssm:/shop/staging/gone does not exist, or is empty" }));
        Assert.That(listener.Received.Select(r => r.Path), Is.EquivalentTo(new[] { "/chat/EXAMPLE-from-secrets-manager", "/card/EXAMPLE-from-ssm" }));
    }

    [Test]
    public async Task A_topic_gets_a_text_with_attributes_to_filter_by()
    {
        var topic = (await _connection.Sns.CreateTopicAsync(new CreateTopicRequest { Name = "shop-releases" })).TopicArn;
        using var sqs = new AmazonSQSClient("test", "test", new AmazonSQSConfig { ServiceURL = _cloud.Endpoint, AuthenticationRegion = "eu-central-1" });
        var queue = (await sqs.CreateQueueAsync("news")).QueueUrl;
        var arn = (await sqs.GetQueueAttributesAsync(queue, ["QueueArn"])).QueueARN;
        await _connection.Sns.SubscribeAsync(new SubscribeRequest { TopicArn = topic, Protocol = "sqs", Endpoint = arn });
        using var ground = new Ground($$"""
              devops:
                receivers: { topic: { sns: "{{topic}}" }, gone: { sns: "{{topic}}-gone" } }
            """);

        var told = await Tell(ground, ground.Notice());

        Assert.That(told.Select(d => (d.Receiver, d.Delivered, d.Attempts)), Is.EqualTo(new[] { ("topic", true, 1), ("gone", false, 1) }));
        var envelope = JsonNode.Parse((await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queue, WaitTimeSeconds = 20 })).Messages.Single().Body)!;
        Assert.Multiple(() =>
        {
            Assert.That((string?)envelope["Subject"], Is.EqualTo("shop staging: deployed: api v1.0.0 -> v1.1.0"));
            Assert.That((string?)envelope["Message"], Does.Contain("./build.sh --target=Status --environment=staging"));
            Assert.That((string?)envelope["MessageAttributes"]!["cause"]!["Value"], Is.EqualTo("deployed"));
        });
        Assert.That(told[1].Error, Does.StartWith("SNS refused to publish to topic 'shop-releases-gone'"));
    }

    private async Task<IReadOnlyList<Delivery>> Tell(Ground ground, params Notice[] notices)
    {
        var notifier = ground.Notifier(_store, _aws);
        foreach (var notice in notices)
        {
            notifier.Tell(notice, CancellationToken.None);
        }

        return await notifier.Ended();
    }

    private NoticeBook Book(Ground ground) => new(_store, "staging", ground.Time);
}
