using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Amazon.SQS;
using Amazon.SQS.Model;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

public sealed class FrontQueueTests
{
    private CloudServer _cloud = null!;
    private AmazonSQSClient _sqs = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _sqs = new FrontClients(_cloud).Sqs();
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _sqs.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test]
    public async Task A_long_poll_ends_with_the_message()
    {
        var url = (await _sqs.CreateQueueAsync("polled")).QueueUrl;
        var poll = _sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, WaitTimeSeconds = 20, MessageAttributeNames = ["All"] });
        await _sqs.SendMessageAsync(new SendMessageRequest
        {
            QueueUrl = url,
            MessageBody = "order 1",
            MessageAttributes = new Dictionary<string, MessageAttributeValue> { ["kind"] = new() { DataType = "String", StringValue = "order" } },
        });

        var message = (await poll).Messages.Single();
        await _sqs.DeleteMessageAsync(url, message.ReceiptHandle);

        Assert.That(message.Body, Is.EqualTo("order 1"));
        Assert.That(message.MessageAttributes["kind"].StringValue, Is.EqualTo("order"));
        Assert.That((await _sqs.GetQueueAttributesAsync(url, ["All"])).ApproximateNumberOfMessages, Is.Zero);
    }

    [Test]
    public async Task A_message_given_back_can_be_received_at_once()
    {
        var url = (await _sqs.CreateQueueAsync("returned")).QueueUrl;
        await _sqs.SendMessageBatchAsync(url, [new SendMessageBatchRequestEntry("1", "one"), new SendMessageBatchRequestEntry("2", "two")]);
        var taken = await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MaxNumberOfMessages = 10 });
        await _sqs.ChangeMessageVisibilityAsync(url, taken.Messages[0].ReceiptHandle, 0);

        var again = await _sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MaxNumberOfMessages = 10 });

        Assert.That(taken.Messages.Select(m => m.Body), Is.EqualTo(new[] { "one", "two" }));
        Assert.That(again.Messages.Select(m => m.Body), Is.EqualTo(new[] { "one" }));
    }

    [Test]
    public void A_queue_that_is_not_there_is_the_typed_refusal()
    {
        Assert.That(() => _sqs.GetQueueUrlAsync("none"), Throws.TypeOf<QueueDoesNotExistException>());
        Assert.That(() => _sqs.AddPermissionAsync("http://127.0.0.1/123456789012/none", "l", ["1"], ["a"]), Throws.InstanceOf<AmazonSQSException>().With.Property("ErrorCode").EqualTo("UnknownOperationException"));
    }

    [Test]
    public async Task Parameters_are_found_by_name_and_by_path()
    {
        using var ssm = new FrontClients(_cloud).Ssm();
        await ssm.PutParameterAsync(new PutParameterRequest { Name = "/store/dev/url", Value = "x", Type = ParameterType.String });
        await ssm.PutParameterAsync(new PutParameterRequest { Name = "/store/dev/key", Value = "hidden", Type = ParameterType.SecureString });
        var overwritten = await ssm.PutParameterAsync(new PutParameterRequest { Name = "/store/dev/url", Value = "y", Overwrite = true });

        var found = await ssm.GetParametersByPathAsync(new GetParametersByPathRequest { Path = "/store", Recursive = true });
        var key = await ssm.GetParameterAsync(new GetParameterRequest { Name = "/store/dev/key", WithDecryption = true });

        Assert.That(overwritten.Version, Is.EqualTo(2));
        Assert.That(found.Parameters.Select(p => p.Name), Is.EqualTo(new[] { "/store/dev/key", "/store/dev/url" }));
        Assert.That(found.Parameters[0].Value, Is.Not.EqualTo("hidden"));
        Assert.That(key.Parameter.Value, Is.EqualTo("hidden"));
        Assert.That(_cloud.Cloud.Parameters.Store.Resolve(key.Parameter.ARN), Is.EqualTo("hidden"));
        Assert.That(() => ssm.GetParameterAsync(new GetParameterRequest { Name = "/none" }), Throws.TypeOf<ParameterNotFoundException>());
    }
}
