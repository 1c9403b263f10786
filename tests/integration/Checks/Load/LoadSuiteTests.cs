using System.Text.Json.Nodes;
using Pipeline.Checks;
using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks.Load;

/// <summary>A suite with <c>load</c>, from the file to the verdict and what it leaves.</summary>
public sealed class LoadSuiteTests
{
    [Test]
    public async Task What_meets_its_targets_passes_and_leaves_figures_a_page_and_a_plot()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);

        var part = await ground.Run("load: { service: api, rate: 50, duration: 3s, warmUp: 1s, requests: [{ path: /products }] }, targets: { success: 100, mean: 20s, p95: 30s }");

        var json = JsonNode.Parse(ground.Artifact("speed.json"))!;
        Assert.Multiple(() =>
        {
            Assert.That(part.Verdict, Is.EqualTo(Verdict.Passed), part.Summary);
            Assert.That(part.Summary, Does.StartWith("150 requests, 100 % succeeded, mean "));
            Assert.That((part.Figures!.Suite, part.Figures.Requests, part.Figures.Passed, part.Report), Is.EqualTo(("speed", 150L, true, "artifacts/performance/speed.md")));
            Assert.That(((long)json["figures"]!["succeeded"]!, (string?)json["verdict"], json["samples"]!.AsArray().Count), Is.EqualTo((150L, "passed", 15)));
            Assert.That(ground.Artifact("speed.md"), Does.StartWith("# speed: passed").And.Contain("![Response times and requests a second](speed.svg)").And.Contain("100 % succeed, mean below 20 s, p95 within 30 s"));
            Assert.That(ground.Artifact("speed.svg"), Does.Contain("<svg").And.Contain("target: p95 30 s"));
            Assert.That(ground.JUnit, Does.Contain("tests=\"1\" failures=\"0\" errors=\"0\" skipped=\"0\""));
        });
    }

    [Test]
    public async Task Six_percent_failed_requests_miss_95_percent()
    {
        await using var ground = await LoadGround.Start((http, number) =>
        {
            http.Response.StatusCode = number % 50 < 3 ? 500 : 200;
            return Task.CompletedTask;
        });

        var part = await ground.Run("load: { service: api, rate: 50, duration: 4s, warmUp: 1s, requests: [{ path: /products }] }");

        Assert.Multiple(() =>
        {
            Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
            Assert.That(part.Findings.Single(f => f.Rule == "success").Message, Is.EqualTo("94 % of the requests succeeded, at least 95 % must: 12 × status 500 (GET /products)"));
            Assert.That(part.Figures!.Passed, Is.False);
            Assert.That(ground.Artifact("speed.md"), Does.Contain("FAILED").And.Contain("status 500"));
            Assert.That(ground.JUnit, Does.Contain("failures=\"1\"").And.Contain("94 % of the requests succeeded"));
        });
    }

    [Test]
    public async Task The_budget_stops_it_and_says_how_far_it_was()
    {
        // The service answers five requests that are measured, and then none.
        await using var ground = await LoadGround.Start((http, number) => number < 15 ? Task.CompletedTask : Task.Delay(Timeout.Infinite, http.RequestAborted));

        var part = await ground.Run("budget: 6s, load: { service: api, rate: 10, duration: 2s, warmUp: 1s, requests: [{ path: / }] }");

        Assert.That(part.Verdict, Is.EqualTo(Verdict.Failed));
        Assert.That(part.Summary, Does.StartWith("stopped after its budget of 6.0 s, when ").And.Contain(" of 20 requests were measured; "));
    }

    [Test]
    public async Task Too_few_requests_are_not_evaluable_and_the_environment_decides()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);
        const string Suite = "load: { service: api, rate: 10, duration: 1s, warmUp: 1s, requests: [{ path: / }] }";

        var part = await ground.Run(Suite);

        var gates = ground.Configure(Suite).Environment.Gates;
        Assert.Multiple(() =>
        {
            Assert.That((part.Verdict, part.Gate), Is.EqualTo((Verdict.NotEvaluable, "performance.unmeasured")));
            Assert.That(ground.JUnit, Does.Contain("skipped=\"1\""), "not passed");
            Assert.That(part.Summary, Does.StartWith("10 requests are too few to judge, 100 are the least"));
            Assert.That(CheckGate.Judge([part], gates, "staging").Allowed, Is.True);
            Assert.That(CheckGate.Judge([part], gates with { Performance = WhenNotEvaluable.Refuse }, "staging").Allowed, Is.False);
        });
    }

    [Test]
    public async Task A_service_that_is_not_deployed_is_not_evaluable()
    {
        await using var ground = await LoadGround.Start((_, _) => Task.CompletedTask);
        var suites = new DeploymentSuites(ground.Configure("load: { service: api, rate: 10, requests: [{ path: / }] }"));

        var part = (await suites.Run(suites.Of(SuiteKind.Performance, null), "api", new Dictionary<string, string?>(), null, CancellationToken.None)).Single();

        Assert.That((part.Name, part.Verdict, part.Summary), Is.EqualTo(("speed-api", Verdict.NotEvaluable, "where api answers is not known: there is no PIPELINE_URL_API")));
    }
}
