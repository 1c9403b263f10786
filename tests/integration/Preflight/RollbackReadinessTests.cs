using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Preflight;
using Pipeline.Tests.Deployments;

namespace Pipeline.Tests.Preflight;

/// <summary>The gate <c>rollback</c>: what runs could be brought back after the release that is about to replace it.</summary>
public sealed class RollbackReadinessTests : Rehearsed
{
    [Test]
    public async Task What_is_all_there_passes_with_its_evidence()
    {
        var gate = await Look();

        Assert.Multiple(() =>
        {
            Assert.That((gate.Name, gate.Verdict, gate.IsOpen), Is.EqualTo(("rollback", Verdict.Passed, true)), gate.Text);
            Assert.That(gate.Text, Does.Contain("web aaaaaaa could be brought back").And.Contain("3 stacks"));
            Assert.That(gate.Digests.Keys, Is.EqualTo(new[] { "web" }));
            Assert.That(gate.Commit, Does.StartWith("aaaaaaa"));
        });
    }

    [Test]
    public async Task An_image_that_is_gone_refuses_unless_a_person_goes_on()
    {
        await Demo.Forget("aaaaaaa");

        var (gate, waived) = (await Look(), await Look(by: "dora"));

        Assert.That((gate.Verdict, gate.IsOpen, gate.Text), Is.EqualTo((Verdict.Failed, false, gate.Text)));
        Assert.That(gate.Text, Does.Contain("the registry has no demo/web@sha256:"));
        Assert.That(gate.Next, Does.Contain("--without-way-back"));
        Assert.That((waived.Verdict, waived.By, waived.IsOpen), Is.EqualTo((Verdict.Skipped, "dora", true)));
    }

    [Test]
    public async Task A_snapshot_that_is_gone_or_was_changed_refuses()
    {
        var (store, ledger) = (await Demo.Store(), await Demo.Ledger());
        var hash = (await ledger.State(CancellationToken.None)).Stacks["web"];
        var key = $"environments/staging/stacks/web/{hash}.json";
        var kept = (await store.Get<StackSnapshot>(key, CancellationToken.None))!;
        await store.Put(key, kept.Value with { Template = kept.Value.Template + "\n# better" }, CancellationToken.None);
        Assert.That((await Look()).Text, Does.Contain("web: a failed release could not go back: what is on record is not what it was given then"));

        await store.Delete(key, (await store.Get<StackSnapshot>(key, CancellationToken.None))!.ETag, CancellationToken.None);
        Assert.That((await Look()).Text, Does.Contain("not on record"));
    }

    [Test]
    public async Task A_release_that_says_that_it_is_not_rollback_safe_is_refused()
    {
        Demo.Change("pipeline.yml", "owner: team-demo", "owner: team-demo\nrollbackSafe: false");

        Assert.That((await Look()).Text, Does.Contain("database: this release says rollbackSafe: false"));
    }

    [Test]
    public async Task Where_nothing_was_deployed_there_is_nothing_to_prove()
    {
        var gate = await RollbackReadiness.Look(Demo.Configuration, Demo.Aws, new ReleaseLedger(await Demo.Store(), "elsewhere"), TimeProvider.System, null, CancellationToken.None);

        Assert.That((gate.Verdict, gate.IsOpen), Is.EqualTo((Verdict.Skipped, true)));
    }

    private async Task<Gates.GateResult> Look(string? by = null) => await RollbackReadiness.Look(Demo.Configuration, Demo.Aws, await Demo.Ledger(), TimeProvider.System, by, CancellationToken.None);
}
