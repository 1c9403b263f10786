using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;

namespace Pipeline.Tests.EndToEnd;

/// <summary>samples/polyglot as its README says: a Python worker as a real container beside a .NET service, checked, tried under load and deployed by one command.</summary>
public sealed class PolyglotTests
{
    private Storefront _store = null!;

    [OneTimeSetUp]
    public async Task Clone()
    {
        foreach (var (name, program) in (ReadOnlySpan<(string, string)>)[("docker", "docker"), ("pytest", "pytest"), ("black", "black"), ("isort", "isort"), ("flake8", "flake8"), ("bandit", "bandit"), ("locust", "locust")])
        {
            Requires.Program(name, program);
        }

        var engine = await Storefront.Tool(Storefront.Source(), "docker", "info");
        Requires.That(engine.ExitCode == 0, "docker", "no engine answers");
        if ((await Storefront.Tool(Storefront.Source(), "docker", "image", "inspect", "polyglot/python:3.11")).ExitCode != 0)
        {
            var made = await Storefront.Tool(Storefront.Source(), "bash", "samples/polyglot/python.sh");
            Assert.That(made.ExitCode, Is.Zero, made.All);
        }

        _store = await Storefront.Copy("samples/polyglot/pipeline.yml");
    }

    [OneTimeTearDown]
    public async Task Delete()
    {
        if (_store is not null)
        {
            await _store.DisposeAsync();
            Assert.That(await Containers(), Is.Empty, "no container outlives the cloud");
        }
    }

    [Test, Order(1)]
    public async Task Both_services_are_checked_built_tried_and_serve()
    {
        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.Zero, run.All);
        foreach (var part in (string[])["black", "isort", "flake8", "bandit", "greeter-unit", "worker-unit", "coverage", "greetings-load", "worker-load"])
        {
            Assert.That(run.Output, Does.Contain(part));
        }

        Assert.That(await Containers(), Has.Length.EqualTo(2), "two tasks of the worker, in containers");
        Assert.That(Directory.EnumerateFiles(Path.Combine(_store.Root, "artifacts", "performance")).Select(Path.GetFileName), Has.Some.StartsWith("greetings-load").And.Some.StartsWith("worker-load"));
    }

    [Test, Order(2)]
    public async Task What_the_greeter_is_told_the_worker_takes()
    {
        using var sent = await _store.Http.PostAsJsonAsync(new Uri(_store.At(18180), "/greetings"), new { name = "Grace" });

        Assert.That(sent.StatusCode, Is.EqualTo(HttpStatusCode.Accepted));
        await Poll.Until(async () => (string?)(await _store.Http.GetFromJsonAsync<JsonNode>(new Uri(_store.At(18181), "/handled")))!["last"] == "Hello, Grace!", "the worker has handled it");
    }

    [Test, Order(3)]
    public async Task Again_nothing_is_due_and_no_container_is_new()
    {
        var before = await Containers();

        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.Zero, run.All);
        Assert.That(run.Output, Does.Contain("0 of 2 services due"));
        Assert.That(await Containers(), Is.EqualTo(before));
    }

    [Test, Order(4)]
    public async Task A_mistake_in_python_is_named_with_its_line_and_nothing_is_deployed()
    {
        var before = await Containers();
        _store.Edit("samples/polyglot/worker/worker/consumer.py", "        done = 0\n", "        done = 0\n        unused = 1\n");

        var run = await _store.Build("--target=DeployStaging");

        Assert.That(run.ExitCode, Is.EqualTo(1), run.All);
        Assert.That(run.Output, Does.Match(@"samples/polyglot/worker/worker/consumer\.py:\d+.*F841"));
        Assert.That(await Containers(), Is.EqualTo(before));
    }

    /// <summary>Ids of the containers that the embedded cloud runs for this system.</summary>
    private static async Task<string[]> Containers() =>
        (await Storefront.Tool(Storefront.Source(), "docker", "ps", "--no-trunc", "--format", "{{.ID}} {{.Image}}")).Output
            .Split('\n', StringSplitOptions.RemoveEmptyEntries).Where(line => line.Contains("polyglot/worker", StringComparison.Ordinal)).Order(StringComparer.Ordinal).ToArray();
}
