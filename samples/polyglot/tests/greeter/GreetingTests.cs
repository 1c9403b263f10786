using System.Net;
using System.Net.Http.Json;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Polyglot.Greeter;

namespace Polyglot.Tests;

/// <summary>The service itself, with a queue that keeps what it is sent.</summary>
public sealed class GreetingTests
{
    private readonly List<JsonNode> _sent = [];
    private WebApplication _queue = null!;
    private WebApplication _greeter = null!;
    private HttpClient _http = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _queue = WebApplication.CreateSlimBuilder(["--urls", "http://127.0.0.1:0"]).Build();
        _queue.MapPost("/", async (HttpContext http) =>
        {
            var message = (await JsonNode.ParseAsync(http.Request.Body))!;
            _sent.Add(message);
#pragma warning disable CA5351 // SQS's own digest; the client compares it.
            var digest = Convert.ToHexStringLower(MD5.HashData(Encoding.UTF8.GetBytes((string)message["MessageBody"]!)));
#pragma warning restore CA5351
            return Results.Text(new JsonObject { ["MessageId"] = "first", ["MD5OfMessageBody"] = digest }.ToJsonString(), "application/x-amz-json-1.0");
        });
        await _queue.StartAsync();
        foreach (var (name, value) in (ReadOnlySpan<(string, string)>)[("AWS_ENDPOINT_URL", _queue.Urls.Single()), ("AWS_REGION", "eu-central-1"), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test")])
        {
            Environment.SetEnvironmentVariable(name, value);
        }

        _greeter = Program.Build(["--urls", "http://127.0.0.1:0", "--QUEUE_URL", $"{_queue.Urls.Single()}/123456789012/greetings", "--SERVICE_VERSION", "1.2.3"]);
        await _greeter.StartAsync();
        _http = new HttpClient { BaseAddress = new Uri(_greeter.Urls.Single()) };
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _http.Dispose();
        await _greeter.DisposeAsync();
        await _queue.DisposeAsync();
    }

    [Test]
    public async Task A_name_becomes_a_greeting_in_the_queue()
    {
        using var answer = await _http.PostAsJsonAsync("/greetings", new { name = " Ada " });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        Assert.That((string?)_sent.Single()["MessageBody"], Is.EqualTo("Hello, Ada!"));
    }

    [TestCase("", "name is missing")]
    [TestCase(null, "name is missing")]
    public async Task Nobody_is_not_greeted(string? name, string problem)
    {
        using var answer = await _http.PostAsJsonAsync("/greetings", new { name });

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.BadRequest));
        Assert.That((string?)(await answer.Content.ReadFromJsonAsync<JsonNode>())!["problem"], Is.EqualTo(problem));
    }

    [Test]
    public void A_name_has_an_end() => Assert.That(new Greeting(new string('a', 101)).Problem, Does.Contain("100"));

    [Test]
    public async Task It_says_how_it_is_and_what_it_is()
    {
        Assert.That(await _http.GetStringAsync("/health"), Does.Contain("healthy"));
        Assert.That(await _http.GetStringAsync("/version"), Does.Contain("1.2.3"));
    }
}
