using Pipeline.Deployments;
using Pipeline.Ledger;

namespace Pipeline.Tests.Deployments;

/// <summary>A release of several services is one thing.</summary>
public sealed class TwoServicesTests : Shifted
{
    private protected override void Prepare() => File.Copy(Demo.File("two.yml"), Demo.File("pipeline.yml"), overwrite: true);

    [Test]
    public async Task When_the_second_service_fails_the_first_goes_back_without_being_tried_again()
    {
        Demo.Change("pipeline.yml", "Fault: \"\" }", "Fault: crash }");
        await using var versions = Traffic.ForVersions(Demo.Port);

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        await versions.Stop();
        var record = (await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0];
        Assert.Multiple(() =>
        {
            Assert.That(Everything(failure), Does.Contain("exit code 7").And.Contain("rolled back"));
            Assert.That(versions.Failures, Is.Empty);
            Assert.That(versions.Answered.Keys, Does.Contain("bbbbbbb"), "the first service had been released");
            Assert.That(record.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
            Assert.That(record.Hooks.Where(h => h.Stack == "web").Select(h => h.Action), Is.EqualTo(new[] { "CONTINUE", "CONTINUE" }), "there and back");
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
        Assert.That(await Rehearsal.Get(Demo.SidePort, "/version"), Is.EqualTo("aaaaaaa"));
    }
}
