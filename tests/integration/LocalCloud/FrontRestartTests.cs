using Amazon.S3.Model;
using Amazon.SimpleSystemsManagement;
using Amazon.SimpleSystemsManagement.Model;
using Amazon.SQS.Model;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

public sealed class FrontRestartTests
{
    [Test]
    public async Task What_was_written_is_there_after_a_restart_on_another_port()
    {
        var folder = Directory.CreateTempSubdirectory("cloud-").FullName;
        try
        {
            string queueUrl;
            await using (var cloud = await CheckedCloud.Start(folder))
            {
                var clients = new FrontClients(cloud);
                using var s3 = clients.S3();
                await s3.PutBucketAsync("ledger");
                await s3.PutObjectAsync(new PutObjectRequest { BucketName = "ledger", Key = "a", ContentBody = "kept" });
                await s3.InitiateMultipartUploadAsync("ledger", "unfinished");
                using var ssm = clients.Ssm();
                await ssm.PutParameterAsync(new PutParameterRequest { Name = "/a", Value = "kept", Type = ParameterType.String });
                using var sqs = clients.Sqs();
                queueUrl = (await sqs.CreateQueueAsync("orders")).QueueUrl;
                await sqs.SendMessageAsync(queueUrl, "kept");
                await File.WriteAllTextAsync(Path.Combine(folder, "objects", "left-by-a-kill"), "x");
            }

            await using (var cloud = await CheckedCloud.Start(folder))
            {
                var clients = new FrontClients(cloud);
                using var s3 = clients.S3();
                using var read = await s3.GetObjectAsync("ledger", "a");
                using var ssm = clients.Ssm();
                using var sqs = clients.Sqs();

                Assert.That(await new StreamReader(read.ResponseStream).ReadToEndAsync(), Is.EqualTo("kept"));
                Assert.That(Directory.GetFiles(Path.Combine(folder, "objects")), Has.Length.EqualTo(1));
                Assert.That((await ssm.GetParameterAsync(new GetParameterRequest { Name = "/a" })).Parameter.Value, Is.EqualTo("kept"));
                Assert.That((await sqs.ReceiveMessageAsync(new ReceiveMessageRequest { QueueUrl = queueUrl })).Messages.Single().Body, Is.EqualTo("kept"));
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }
}
