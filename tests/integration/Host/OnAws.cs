using System.Collections.Concurrent;
using System.Net;
using System.Text;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Tests.Aws;

namespace Pipeline.Tests.Host;

/// <summary><c>--cloud=aws</c>, with AWS_ENDPOINT_URL in place of AWS itself: an emulator that is not ours, and the embedded cloud.</summary>
public sealed class OnAws
{
    private static readonly Dictionary<string, string> Key = new() { ["AWS_ACCESS_KEY_ID"] = "test", ["AWS_SECRET_ACCESS_KEY"] = "test" };
    private readonly ConcurrentQueue<string> _calls = new();
    private CloudServer _cloud = null!;

    [SetUp]
    public async Task Start()
    {
        _calls.Clear();
        _cloud = await CloudServer.Start(new CloudOptions(0, null, TimeScale: 20) { Observe = Note }, CancellationToken.None);
    }

    [TearDown]
    public async Task Stop() => await _cloud.DisposeAsync();

    [TestCase("Status")]
    [TestCase("Bootstrap")]
    public async Task Credentials_of_another_account_are_refused_before_anything_else_is_asked(string target)
    {
        using var host = new CompiledHost(account: "210987654321");

        var run = await host.Run(At(_cloud.Endpoint), $"--target={target}", "--environment=staging", "--cloud=aws");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(3), run.Output + run.Error);
            Assert.That(run.Error, Does.Contain("REFUSED: staging belongs to account 210987654321, but these credentials belong to account 123456789012.")
                .And.Contain("arn:aws:iam::123456789012:user/developer").And.Contain("untouched").And.Contain("AWS_PROFILE="));
            Assert.That(_calls, Is.EqualTo(new[] { "sts.GetCallerIdentity" }));
            Assert.That(_cloud.Cloud.Storage.Store.Buckets, Is.Empty);
        });
    }

    [Test]
    public async Task Credentials_of_another_account_are_refused_at_an_emulator_that_is_not_ours()
    {
        using var host = new CompiledHost(account: "210987654321");

        var run = await host.Run(At(Moto.Endpoint), "--target=Status", "--environment=staging", "--cloud=aws");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Output + run.Error);
        Assert.That(run.Error, Does.Contain("account 210987654321").And.Contain("account 123456789012"));
    }

    [Test]
    public async Task A_missing_ledger_is_refused_with_the_command_that_makes_it()
    {
        using var host = new CompiledHost();

        var run = await host.Run(At(Moto.Endpoint), "--target=Status", "--environment=staging", "--cloud=aws");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Output + run.Error);
        Assert.That(run.Error, Does.Contain("has no bucket 'demo-123456789012-eu-central-1-pipeline'").And.Contain("./build.sh --target=Bootstrap --environment=staging"));
    }

    [Test]
    public async Task After_the_bootstrap_everything_that_looks_works_with_a_profile()
    {
        using var host = new CompiledHost();
        var credentials = host.Write("credentials", "[shop]\naws_access_key_id = test\naws_secret_access_key = test\n");
        var profile = new Dictionary<string, string> { ["AWS_ENDPOINT_URL"] = _cloud.Endpoint, ["AWS_PROFILE"] = "shop", ["AWS_SHARED_CREDENTIALS_FILE"] = credentials };

        var bootstrap = await host.Run(profile, "--target=Bootstrap", "--environment=staging", "--cloud=aws");
        Assert.That(bootstrap.ExitCode, Is.Zero, bootstrap.Output + bootstrap.Error);
        Assert.That(bootstrap.Output, Does.Contain("arn:aws:iam::123456789012:role/pipeline/demo-staging-deploy"));

        foreach (var (target, said) in new[] { ("Status", "lock"), ("History", "Nothing was deployed"), ("Doctor", "0 NG") })
        {
            var run = await host.Run(profile, $"--target={target}", "--environment=staging", "--cloud=aws");
            // The service of this system has no base image, which is Doctor's business to say.
            Assert.That(run.ExitCode, Is.EqualTo(target == "Doctor" ? 1 : 0), target + run.Output + run.Error);
            Assert.That(run.Output, target == "Doctor" ? Does.Contain("1 NG").And.Contain("it has no base image") : Does.Contain(said));
        }
    }

    [Test]
    public async Task A_service_s_own_endpoint_wins()
    {
        using var host = new CompiledHost(account: "210987654321");
        var variables = new Dictionary<string, string>(Key) { ["AWS_ENDPOINT_URL"] = $"http://127.0.0.1:{FreePort.Next()}", ["AWS_ENDPOINT_URL_STS"] = _cloud.Endpoint };

        var run = await host.Run(variables, "--target=Status", "--environment=staging", "--cloud=aws");

        Assert.That(run.ExitCode, Is.EqualTo(3), run.Output + run.Error);
        Assert.That(_calls, Is.EqualTo(new[] { "sts.GetCallerIdentity" }));
    }

    [TestCase("standard", 2, @" m/.*\bE\b")]
    [TestCase("adaptive", 1, @" m/.*\bF\b")]
    public async Task Retries_are_as_the_environment_says(string mode, int attempts, string feature)
    {
        using var host = new CompiledHost();
        using var endpoint = new Throttling();
        var variables = new Dictionary<string, string>(Key) { ["AWS_ENDPOINT_URL"] = endpoint.Url, ["AWS_RETRY_MODE"] = mode, ["AWS_MAX_ATTEMPTS"] = $"{attempts}" };

        var run = await host.Run(variables, "--target=Status", "--environment=staging", "--cloud=aws");

        Assert.Multiple(() =>
        {
            Assert.That(run.ExitCode, Is.EqualTo(1), run.Output + run.Error);
            Assert.That(endpoint.Agents, Has.Count.EqualTo(attempts));
            Assert.That(run.Error, Does.Contain("Rate exceeded"));
            // The SDK tells which mode it is in.
            Assert.That(endpoint.Agents, Is.All.Match(feature));
        });
    }

    private static Dictionary<string, string> At(string endpoint) => new(Key) { ["AWS_ENDPOINT_URL"] = endpoint };

    private void Note(Answered answered) => _calls.Enqueue($"{answered.Service.SigningName}.{answered.Operation}");

    /// <summary>Answers every call that there are too many.</summary>
    private sealed class Throttling : IDisposable
    {
        private readonly HttpListener _listener = new();

        public Throttling()
        {
            var port = FreePort.Next();
            Url = $"http://127.0.0.1:{port}";
            _listener.Prefixes.Add(Url + "/");
            _listener.Start();
            _ = Answer();
        }

        public string Url { get; }

        public ConcurrentQueue<string> Agents { get; } = new();

        public void Dispose() => _listener.Close();

        private async Task Answer()
        {
            try
            {
                while (true)
                {
                    var call = await _listener.GetContextAsync();
                    Agents.Enqueue(call.Request.UserAgent ?? "");
                    call.Response.StatusCode = 400;
                    await call.Response.OutputStream.WriteAsync(Encoding.UTF8.GetBytes("<ErrorResponse><Error><Type>Sender</Type><Code>Throttling</Code><Message>Rate exceeded</Message></Error><RequestId>1</RequestId></ErrorResponse>"));
                    call.Response.Close();
                }
            }
            catch (Exception e) when (e is HttpListenerException or ObjectDisposedException)
            {
                // The test is over.
            }
        }
    }
}
