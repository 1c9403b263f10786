using System.Text.Json.Nodes;
using Pipeline.Tests.Deployments;
using Pipeline.Tests.Host;

namespace Pipeline.Tests.Notifications;

/// <summary>The built host tells people, and whether it could changes nothing else.</summary>
public sealed class HostTests
{
    [Test]
    public async Task A_real_release_is_told_and_a_dead_receiver_changes_neither_its_outcome_nor_its_exit_code()
    {
        await using var demo = await Rehearsal.Start();
        await demo.Deploy("aaaaaaa");
        await demo.Deploy("bbbbbbb");
        await using var listener = await Listener.Start();
        await File.AppendAllTextAsync(demo.File("pipeline.yml"), $$"""

            notifications:
              devops:
                receivers: { chat: { slack: env:CHAT_URL }, dead: { teams: env:DEAD_URL }, unset: { slack: env:NOT_SET_HERE } }
            """);
        var dead = Listener.Closed();
        demo.Announce();
        using var host = CompiledHost.In(demo.File(""));

        var run = await host.Run(new Dictionary<string, string> { ["CHAT_URL"] = listener.Url(), ["DEAD_URL"] = dead }, "--target=Rollback", "--environment=staging");

        Assert.That(run.ExitCode, Is.Zero, run.Output + run.Error);
        Assert.That(await demo.Get("/version"), Does.Contain("aaaaaaa"));
        var text = (string)listener.Received.Single().Json["text"]!;
        Assert.That(text, Does.Contain("demo staging: rolled back to staging-").And.Contain("web bbbbbbb → aaaaaaa"));
        Assert.That(run.Output, Does.Contain("NOT DELIVERED devops/dead   deployed   4 attempts   nobody listens there").And.Contain("NOT DELIVERED devops/unset   deployed   env:NOT_SET_HERE is not set"));
        Assert.That(run.Output + run.Error, Does.Not.Contain(dead).And.Not.Contain(listener.Url()));
        var json = JsonNode.Parse(await File.ReadAllTextAsync(demo.File("artifacts/run.json")))!;
        Assert.That((string?)json["outcome"], Is.EqualTo("done"));
        Assert.That(json["notifications"]!.AsArray().Select(n => $"{n!["cause"]} {n["group"]}/{n["receiver"]} {n["delivered"]} {n["attempts"]}"),
            Is.EqualTo(new[] { "deployed devops/chat true 1", "deployed devops/dead false 4", "deployed devops/unset false 0" }));
    }

    [Test]
    public async Task A_test_message_says_how_each_receiver_answered()
    {
        await using var good = await Listener.Start();
        await using var bad = await Listener.Start(Listener.Status(404, "no_team"));
        using var host = new CompiledHost();
        await File.AppendAllTextAsync(Path.Combine(host.Root, "pipeline.yml"), """

            notifications:
              devops:
                causes: [deployed]
                receivers: { chat: { slack: env:CHAT_URL } }
              security:
                causes: [emergency-used]
                receivers: { desk: { slack: env:DESK_URL } }
            """);
        var variables = new Dictionary<string, string> { ["CHAT_URL"] = good.Url(), ["DESK_URL"] = bad.Url() };

        var one = await host.Run(variables, "--target=Notify", "--cause=deployed", "--environment=staging");
        var all = await host.Run(variables, "--target=Notify", "--environment=staging");
        var nobody = await host.Run(variables, "--target=Notify", "--cause=trigger-fired", "--environment=staging");
        var unknown = await host.Run(variables, "--target=Notify", "--cause=deploied", "--environment=staging");

        Assert.Multiple(() =>
        {
            Assert.That(one.ExitCode, Is.Zero, one.Output + one.Error);
            Assert.That(one.Output, Does.Contain("delivered     devops/chat   deployed   1 attempt"));
            Assert.That(all.ExitCode, Is.EqualTo(1), all.Output + all.Error);
            Assert.That(all.Output, Does.Contain("delivered     devops/chat").And.Contain("NOT DELIVERED security/desk").And.Contain("it answered 404: no_team"));
            Assert.That(all.Error, Does.StartWith("1 of 2 receivers could not be told."));
            Assert.That(nobody.ExitCode, Is.EqualTo(2), nobody.Output + nobody.Error);
            Assert.That(nobody.Error, Does.StartWith("Nobody in staging is told of 'trigger-fired'."));
            Assert.That(unknown.ExitCode, Is.EqualTo(2), unknown.Output + unknown.Error);
        });
        Assert.That(good.Received.Select(r => (string?)r.Json["text"]), Is.All.StartsWith("[TEST] demo staging: a test of 'deployed': nothing happened"));
    }

    [Test]
    public async Task Doctor_names_receivers_whose_reference_leads_nowhere()
    {
        await using var demo = await Rehearsal.Start();
        demo.Announce();
        await File.AppendAllTextAsync(demo.File("pipeline.yml"), """

            notifications:
              devops:
                receivers: { chat: { slack: env:NOT_SET_HERE }, card: { teams: "ssm:/demo/staging/nothing" }, here: { slack: env:HOME } }
            """);
        using var host = CompiledHost.In(demo.File(""));

        var run = await host.Run(new Dictionary<string, string>(), "--target=Doctor", "--environment=staging");

        Assert.That(run.Output, Does.Match(@"SKIP\s+devops/chat.*env:NOT_SET_HERE is not set here").And.Match(@"NG\s+devops/card.*ssm:/demo/staging/nothing does not exist").And.Match(@"OK\s+devops/here"));
    }
}
