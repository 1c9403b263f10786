using System.Net;
using System.Text.Json.Nodes;
using Amazon.Runtime;
using Amazon.SecurityToken.Model;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.LocalCloud;

public sealed class FrontDoorTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private CloudServer _cloud = null!;
    private HttpClient _http = null!;

    [SetUp]
    public async Task Start()
    {
        _cloud = await CheckedCloud.Start();
        _http = new HttpClient { BaseAddress = new Uri(_cloud.Endpoint) };
    }

    [TearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test]
    public async Task Anybody_may_ask_whether_it_is_there()
    {
        var status = JsonNode.Parse(await _http.GetStringAsync("/_cloud/status"))!;

        Assert.That((string?)status["name"], Is.EqualTo("pipeline embedded cloud"));
        Assert.That((string?)status["endpoint"], Is.EqualTo(_cloud.Endpoint));
        Assert.That((int?)status["pid"], Is.EqualTo(Environment.ProcessId));
    }

    [TestCase("/_cloud/status", "evil.example")]
    [TestCase("/_cloud/status", "127.0.0.1:1")]
    [TestCase("/bucket/key", "bucket.localhost")]
    public async Task Another_host_is_refused(string path, string host)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { Host = host } };
        using var answer = await _http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
        Assert.That(await answer.Content.ReadAsStringAsync(), Does.Contain("AccessDenied"));
    }

    [TestCase("/_cloud/status")]
    [TestCase("/v2/")]
    [TestCase("/")]
    public async Task A_web_page_is_refused(string path)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, path) { Headers = { { "Origin", "http://127.0.0.1" } } };
        using var answer = await _http.SendAsync(request);

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Forbidden));
    }

    [Test]
    public async Task An_unsigned_call_is_refused_in_the_wire_of_its_caller()
    {
        using var json = new HttpRequestMessage(HttpMethod.Post, "/") { Content = new StringContent("{}"), Headers = { { "X-Amz-Target", "AmazonSSM.GetParameter" } } };
        using var form = new FormUrlEncodedContent([KeyValuePair.Create("Action", "GetCallerIdentity")]);

        Assert.That(await Text(await _http.SendAsync(json)), Does.StartWith("400 {\"__type\":\"MissingAuthenticationTokenException\""));
        Assert.That(await Text(await _http.PostAsync(new Uri("/", UriKind.Relative), form)), Does.StartWith("403 <ErrorResponse><Error><Type>Sender</Type><Code>MissingAuthenticationToken</Code>"));
        Assert.That(await Text(await _http.GetAsync(new Uri("/bucket/key", UriKind.Relative))), Does.StartWith("403 <Error>").And.Contain("<Code>AccessDenied</Code>"));
        Assert.That(await Text(await _http.PostAsync(new Uri("/_cloud/stop", UriKind.Relative), null)), Does.StartWith("400 {\"__type\":\"MissingAuthenticationTokenException\""));
    }

    [Test]
    public async Task The_developer_makes_an_identity_that_can_call()
    {
        var alice = await Identity("test", "test");
        using var sts = new FrontClients(_cloud).Sts(new BasicAWSCredentials((string)alice["accessKeyId"]!, (string)alice["secretAccessKey"]!));

        Assert.That((await sts.GetCallerIdentityAsync(new GetCallerIdentityRequest())).Arn, Is.EqualTo("arn:aws:iam::123456789012:user/alice"));
        Assert.That((string?)(await Identity("test", "test"))["accessKeyId"], Is.EqualTo((string?)alice["accessKeyId"]));
        Assert.That((string?)(await Identity((string)alice["accessKeyId"]!, (string)alice["secretAccessKey"]!))["__type"], Is.EqualTo("AccessDeniedException"));
    }

    [Test]
    public async Task A_signed_stop_stops_it_even_during_a_long_poll()
    {
        using var sqs = new FrontClients(_cloud).Sqs();
        var queue = await sqs.CreateQueueAsync("orders");
        var poll = sqs.ReceiveMessageAsync(new Amazon.SQS.Model.ReceiveMessageRequest { QueueUrl = queue.QueueUrl, WaitTimeSeconds = 20 });

        using var answer = await _http.SendAsync(FrontSigner.Sign(new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_cloud.Endpoint), "/_cloud/stop")), "", "test", "test"));
        await _cloud.StopRequested.WaitAsync(Patience);
        await _cloud.DisposeAsync();

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.OK));
        Assert.That(() => poll.WaitAsync(Patience), Throws.Exception);
        Assert.That(() => _http.GetAsync(new Uri("/_cloud/status", UriKind.Relative)), Throws.InstanceOf<HttpRequestException>());
    }

    [Test]
    public void A_taken_port_is_one_sentence() =>
        Assert.That(() => CloudServer.Start(_cloud.Cloud.Options with { StateFolder = null }, CancellationToken.None), Throws.TypeOf<StartFailure>().With.Message.Contains($"127.0.0.1:{_cloud.Cloud.Options.Port}"));

    [Test]
    public void A_state_folder_has_one_cloud() =>
        Assert.That(() => CloudServer.Start(new CloudOptions(0, _cloud.Cloud.Database.Folder), CancellationToken.None), Throws.TypeOf<StartFailure>().With.Message.Contains("Another embedded cloud"));

    private async Task<JsonNode> Identity(string key, string secret)
    {
        using var request = FrontSigner.Sign(new HttpRequestMessage(HttpMethod.Post, new Uri(new Uri(_cloud.Endpoint), "/_cloud/identities")), """{"name":"alice"}""", key, secret);
        using var answer = await _http.SendAsync(request);
        return JsonNode.Parse(await answer.Content.ReadAsStringAsync())!;
    }

    private static async Task<string> Text(HttpResponseMessage answer)
    {
        using (answer)
        {
            return $"{(int)answer.StatusCode} {await answer.Content.ReadAsStringAsync()}";
        }
    }
}
