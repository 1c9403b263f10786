using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>Loads run against a new version before it has traffic, and are compared with the version before.</summary>
public sealed class LoadTests : Shifted
{
    private const string Targets = "targets: { success: 99, mean: 20s, p95: 30s }";

    private protected override void Prepare()
    {
        Requires.Program("locust", "locust");
        File.WriteAllText(Demo.File("locustfile.py"), "from locust import HttpUser, constant, task\n\n\nclass Reader(HttpUser):\n    wait_time = constant(0.05)\n\n    @task\n    def version(self):\n        self.client.get(\"/version\")\n");
        Demo.Change("pipeline.yml", "TrialMinutes: 20", "TrialMinutes: 200");
        Demo.Change("pipeline.yml", "stack: 90s", "stack: 10m");
        Demo.Change("pipeline.yml", "account:", $$"""
            checks:
              suites:
                steady: { kind: performance, against: deployment, {{Targets}}, load: { service: web, rate: 50, duration: 3s, warmUp: 1s, requests: [{ path: /version }, { path: /echo, method: POST, body: "{}" }] } }
                shoppers: { kind: performance, against: deployment, services: [web], {{Targets}}, locust: { file: locustfile.py, users: 10, duration: 3s } }
            account:
            """);
    }

    [Test]
    public async Task Their_figures_are_kept_with_the_release_compared_with_the_one_before_and_decide()
    {
        var first = (await (await Demo.Ledger()).Releases(1, CancellationToken.None)).Single();

        var second = (await Demo.Deploy("bbbbbbb"))!.Record;
        var ledger = await Demo.Ledger();
        var byHand = await new Deployed(Demo.Configuration, Demo.Aws, ledger, await ledger.State(CancellationToken.None)).Test(SuiteKind.Performance, null, CancellationToken.None);
        Demo.Change("pipeline.yml", "path: /version }, {", "path: /status/503 }, {");
        var bad = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("ccccccc"))!;

        var (before, after) = (Gate(first), Gate(second));
        Assert.Multiple(() =>
        {
            Assert.That(before.Verdict, Is.EqualTo(Verdict.Passed), before.Text);
            Assert.That(before.Figures.Select(f => (f.Suite, f.Service, f.Passed)), Is.EqualTo(new[] { ("steady", "web", true), ("shoppers", "web", true) }));
            Assert.That((before.Figures[0].Requests, before.Threshold), Is.EqualTo((150L, "steady-web 99 % succeed, mean below 20 s, p95 within 30 s; shoppers-web 99 % succeed, mean below 20 s, p95 within 30 s")));
            Assert.That(before.Text, Does.Not.Contain("than release"));
            Assert.That(after.Text.Split(first.Id), Has.Length.EqualTo(3), $"both are compared: {after.Text}");
            Assert.That(after.Source, Is.EqualTo("artifacts/performance/steady-web.md, artifacts/performance/shoppers-web.md"));
            Assert.That(File.ReadAllText(Demo.File("artifacts/performance/steady-web.svg")), Does.Contain("mean before"));
            Assert.That(byHand.Parts.Select(p => (p.Name, p.Verdict)), Is.EqualTo(new[] { ("steady", Verdict.Passed), ("shoppers", Verdict.Passed) }));
            Assert.That(byHand.Parts[0].Summary, Does.Contain($"than release {first.Id}"));
            Assert.That(Everything(bad), Does.Contain("performance through the test listener").And.Contain("50 % of the requests succeeded, at least 99 % must: 75 × status 503 (GET /status/503)"));
        });
    }

    private static GateResult Gate(ReleaseRecord release) => release.Gates.Single(g => g.Name == "performance");
}
