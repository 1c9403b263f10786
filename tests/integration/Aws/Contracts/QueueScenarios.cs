using Amazon.SQS.Model;

namespace Pipeline.Tests.Aws.Contracts;

internal static class QueueScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("sqs", "queues", "CreateQueue GetQueueUrl GetQueueAttributes SetQueueAttributes ListQueues ListDeadLetterSourceQueues TagQueue ListQueueTags UntagQueue PurgeQueue DeleteQueue", Queues),
        new("sqs", "messages", "CreateQueue SendMessage SendMessageBatch ReceiveMessage ChangeMessageVisibility ChangeMessageVisibilityBatch DeleteMessage DeleteMessageBatch", Messages),
    ];

    private static async Task Queues(ContractClients on)
    {
        var dead = (await on.Queues.CreateQueueAsync($"{on.Name}-dead")).QueueUrl;
        var deadArn = (await on.Queues.GetQueueAttributesAsync(dead, ["QueueArn"])).Attributes["QueueArn"];
        var url = (await on.Queues.CreateQueueAsync(new CreateQueueRequest { QueueName = on.Name, Attributes = new() { ["VisibilityTimeout"] = "40" } })).QueueUrl;
        await on.Queues.SetQueueAttributesAsync(url, new() { ["RedrivePolicy"] = $$"""{"deadLetterTargetArn":"{{deadArn}}","maxReceiveCount":3}""" });
        var attributes = (await on.Queues.GetQueueAttributesAsync(url, ["All"])).Attributes;
        await on.Queues.TagQueueAsync(new TagQueueRequest { QueueUrl = url, Tags = new() { ["owner"] = "shop", ["a"] = "1" } });
        await on.Queues.UntagQueueAsync(new UntagQueueRequest { QueueUrl = url, TagKeys = ["a"] });
        var tags = (await on.Queues.ListQueueTagsAsync(new ListQueueTagsRequest { QueueUrl = url })).Tags;
        var known = (await on.Queues.GetQueueUrlAsync(on.Name)).QueueUrl;
        var listed = (await on.Queues.ListQueuesAsync(on.Name)).QueueUrls;
        var sources = (await on.Queues.ListDeadLetterSourceQueuesAsync(new ListDeadLetterSourceQueuesRequest { QueueUrl = dead })).QueueUrls;
        await on.Queues.PurgeQueueAsync(url);
        await on.Queues.DeleteQueueAsync(url);

        Assert.Multiple(() =>
        {
            Assert.That(known, Is.EqualTo(url));
            Assert.That(attributes["VisibilityTimeout"], Is.EqualTo("40"));
            Assert.That(attributes["RedrivePolicy"], Does.Contain(deadArn));
            Assert.That(tags, Is.EqualTo(new Dictionary<string, string> { ["owner"] = "shop" }));
            Assert.That(listed, Is.EquivalentTo(new[] { url, dead }));
            Assert.That(sources, Is.EqualTo(new[] { url }));
        });
        Assert.ThrowsAsync<QueueDoesNotExistException>(() => on.Queues.GetQueueUrlAsync(on.Name));
    }

    private static async Task Messages(ContractClients on)
    {
        var url = (await on.Queues.CreateQueueAsync(on.Name)).QueueUrl;
        var sent = await on.Queues.SendMessageAsync(new SendMessageRequest { QueueUrl = url, MessageBody = "one", MessageAttributes = new() { ["kind"] = new MessageAttributeValue { DataType = "String", StringValue = "order" } } });
        var batch = await on.Queues.SendMessageBatchAsync(url, [new SendMessageBatchRequestEntry("2", "two"), new SendMessageBatchRequestEntry("3", "three")]);
        var received = new List<Message>();
        await Poll.Until(async () =>
        {
            received.AddRange((await on.Queues.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = url, MaxNumberOfMessages = 10, MessageAttributeNames = ["All"] })).Messages ?? []);
            return received.Count == 3;
        }, "all messages come");
        await on.Queues.ChangeMessageVisibilityAsync(url, received[0].ReceiptHandle, 60);
        var changed = await on.Queues.ChangeMessageVisibilityBatchAsync(url, [new ChangeMessageVisibilityBatchRequestEntry("1", received[1].ReceiptHandle) { VisibilityTimeout = 60 }]);
        await on.Queues.DeleteMessageAsync(url, received[0].ReceiptHandle);
        var deleted = await on.Queues.DeleteMessageBatchAsync(url, [new DeleteMessageBatchRequestEntry("1", received[1].ReceiptHandle)]);

        Assert.Multiple(() =>
        {
            Assert.That(sent.MD5OfMessageBody, Is.EqualTo("f97c5d29941bfb1b2fdab0874906ab82"));
            Assert.That(batch.Successful.Select(s => s.Id), Is.EquivalentTo(new[] { "2", "3" }));
            Assert.That(received.Select(m => m.Body), Is.EquivalentTo(new[] { "one", "two", "three" }));
            Assert.That(received.Single(m => m.Body == "one").MessageAttributes["kind"].StringValue, Is.EqualTo("order"));
            Assert.That(changed.Successful.Single().Id, Is.EqualTo("1"));
            Assert.That(deleted.Successful.Single().Id, Is.EqualTo("1"));
        });
    }
}
