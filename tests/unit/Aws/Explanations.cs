using Pipeline.Aws;

namespace Pipeline.Tests.Aws;

public sealed class Explanations
{
    [Test]
    public void A_cloud_that_is_not_running_is_named_with_the_command_that_starts_it()
    {
        using var aws = AwsConnection.ToEmbeddedCloud(FreePort.Next(), "eu-central-1", "123456789012");

        var error = Assert.ThrowsAsync<AwsUnreachableException>(() => new Stacks(aws).Describe("storefront-dev-api", CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That(error.Message, Is.EqualTo($"Cannot describe stack 'storefront-dev-api': the embedded cloud at {aws.Endpoint!.GetLeftPart(UriPartial.Authority)} does not answer."));
            Assert.That(error.Details.Select(d => d.Label), Is.EqualTo(new[] { "why", "next" }));
            Assert.That(error.Details[1].Text, Is.EqualTo("./build.sh --target=StartCloud"));
        });
    }

    [Test]
    public void Buckets_and_identities_say_the_same()
    {
        using var aws = AwsConnection.ToEmbeddedCloud(FreePort.Next(), "eu-central-1", "123456789012");

        Assert.ThrowsAsync<AwsUnreachableException>(() => new ObjectStore(aws, "ledger").Get<string>("k", CancellationToken.None));
        Assert.ThrowsAsync<AwsUnreachableException>(() => new Identity(aws).Caller(CancellationToken.None));
    }

    [Test]
    public async Task Credentials_that_are_not_accepted_are_named()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(403, "<ErrorResponse><Error><Type>Sender</Type><Code>InvalidClientTokenId</Code><Message>The security token is invalid.</Message></Error></ErrorResponse>"));
        using var aws = AwsConnection.ToEmbeddedCloud(new Uri(endpoint.Url).Port, "eu-central-1", "123456789012", new AwsKey("nobody", "nothing"));

        var error = Assert.ThrowsAsync<AwsRefusedException>(() => new Identity(aws).Caller(CancellationToken.None))!;

        Assert.That((error.Code, error.Message), Is.EqualTo(("InvalidClientTokenId", $"The embedded cloud at {endpoint.Url} does not accept the credentials: The security token is invalid.")));
    }

    [Test]
    public async Task An_answer_that_is_not_from_AWS_is_a_refusal_and_not_a_crash()
    {
        await using var endpoint = await CannedEndpoint.Start(new CannedEndpoint.Answer(404, "<!DOCTYPE html><html><body>Not found<br></body></html>"));
        using var aws = AwsConnection.ToEmbeddedCloud(new Uri(endpoint.Url).Port, "eu-central-1", "123456789012");

        Assert.CatchAsync<Outcomes.PipelineException>(() => new Services(aws).Describe("c", "s", CancellationToken.None));
        Assert.CatchAsync<Outcomes.PipelineException>(() => new Stacks(aws).Describe("s", CancellationToken.None));
    }

    [TestCase("Failed to resolve AWS credentials.", "No AWS credentials were found.")]
    [TestCase("There is insufficient capacity to attempt the request.", "Cannot look: the embedded cloud at http://127.0.0.1:1 does not answer.")]
    public void A_client_that_gives_up_says_why(string thrown, string said)
    {
        using var aws = AwsConnection.ToEmbeddedCloud(1, "eu-central-1", "123456789012");

        var explained = AwsErrors.Explain(aws, "look", new Amazon.Runtime.AmazonClientException(thrown))!;

        Assert.That(explained.Message, Is.EqualTo(said));
        Assert.That(explained.Details[0].Text, Is.EqualTo(thrown));
    }

    [Test]
    public void A_cancelled_call_is_cancelled_and_nothing_else()
    {
        using var aws = AwsConnection.ToEmbeddedCloud(FreePort.Next(), "eu-central-1", "123456789012");

        Assert.CatchAsync<OperationCanceledException>(() => new Stacks(aws).Describe("s", new CancellationToken(canceled: true)));
    }

    [Test]
    public void A_key_prints_without_its_secret() => Assert.That(new AwsKey("id", "hush").ToString(), Does.Not.Contain("hush"));
}
