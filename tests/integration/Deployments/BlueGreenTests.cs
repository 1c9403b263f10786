using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>A new version is tried before it has traffic, judged while it has, and gone back from without a failed request.</summary>
public sealed class BlueGreenTests : Shifted
{
    [Test]
    public async Task A_new_version_takes_over_without_a_failed_request()
    {
        await using var versions = Traffic.ForVersions(Demo.Port);

        var result = await Demo.Deploy("bbbbbbb");

        await versions.Stop();
        Assert.Multiple(() =>
        {
            Assert.That(versions.Failures, Is.Empty);
            Assert.That(versions.Answered.Keys, Is.EquivalentTo(new[] { "aaaaaaa", "bbbbbbb" }));
            Assert.That(result!.Proofs.Single().Failure, Is.Null);
            Assert.That(Calls["ContinueServiceDeployment"], Is.EqualTo(1));
            Assert.That(result.Record.Hooks.Single().Action, Is.EqualTo("CONTINUE"));
            Assert.That(result.Record.Gates.Select(g => (g.Name, g.Verdict)), Is.EqualTo(new[] { ("integration", Verdict.NotEvaluable), ("performance", Verdict.NotEvaluable) }));
            Assert.That(Demo.Printed, Does.Contain("BAKE_TIME (9 of 10)").And.Contain("100 % of the traffic").And.Contain("bakes for"));
        });
        Assert.That((await Demo.Newest()).Status, Is.EqualTo("SUCCESSFUL"));
        var traffic = (await LiveTraffic.Read(Demo.Aws, await Demo.Service(), CancellationToken.None))!;
        Assert.That((traffic.Serving, traffic.Wrong), Is.EqualTo((traffic.Sides.AlternateTargetGroup, (string?)null)), "the other side serves now");
    }

    [Test]
    public async Task A_version_that_fails_its_trial_never_has_a_request_of_production()
    {
        Demo.Change("pipeline.yml", "- path: /version", "- path: /version\n        contains: aaaaaaa");
        Demo.Change("pipeline.yml", "verify: 30s", "verify: 2s");
        await using var versions = Traffic.ForVersions(Demo.Port);

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb"))!;

        await versions.Stop();
        var record = (await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0];
        Assert.Multiple(() =>
        {
            Assert.That(Everything(failure), Does.Contain("through the test listener").And.Contain("without \"aaaaaaa\"").And.Contain("rolled back"));
            Assert.That(failure.ExitCode, Is.EqualTo(ExitCode.DeploymentFailed));
            Assert.That(versions.Failures, Is.Empty);
            Assert.That(versions.Answered.Keys, Is.EquivalentTo(new[] { "aaaaaaa" }));
            Assert.That(record.Outcome, Is.EqualTo(ReleaseOutcome.RolledBack));
            Assert.That(record.Hooks[0].Action, Is.EqualTo("ROLLBACK"));
            Assert.That(File.ReadAllText(Path.Combine(RolloutEvidence.FolderOf(Demo.Configuration.Root, record.Id), "web.json")), Does.Contain("ROLLBACK_").And.Contain("\"weights\""));
        });
    }

    [Test]
    public async Task A_version_judged_bad_while_it_bakes_goes_back_at_once()
    {
        await using var versions = Traffic.ForVersions(Demo.Port);
        RolloutUnderWatch? judged = null;

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.Deploy("bbbbbbb", judge: (rollout, _) =>
        {
            judged = rollout;
            return Task.FromResult(rollout.Deployment.LifecycleStage == "BAKE_TIME" ? "6.0 % of the requests failed for 5 points" : null);
        }))!;

        await versions.Stop();
        Assert.Multiple(() =>
        {
            Assert.That(Everything(failure), Does.Contain("6.0 % of the requests failed for 5 points"));
            Assert.That(versions.Failures, Is.Empty);
            Assert.That(versions.Answered.Keys, Is.EquivalentTo(new[] { "aaaaaaa", "bbbbbbb" }));
            Assert.That(judged!.TargetGroup, Is.EqualTo(judged.Service.Shifting!.AlternateTargetGroup));
        });
        Assert.That((await Demo.Newest()).Status, Is.EqualTo("ROLLBACK_SUCCESSFUL"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_run_killed_at_the_hook_is_gone_on_with_and_the_hook_is_answered_once()
    {
        await DieAtTheHook();
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"), "production is untouched while it waits");
        Demo.Change("pipeline.yml", "contains: not yet", "contains: bbbbbbb");

        var result = await Demo.Deploy("bbbbbbb");

        var releases = await (await Demo.Ledger()).Releases(2, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(result!.Proofs.Single().Failure, Is.Null);
            Assert.That(releases.Select(r => r.Outcome), Is.EqualTo(new[] { ReleaseOutcome.Succeeded, ReleaseOutcome.Interrupted }));
            Assert.That(releases[1].Hooks.Single().Action, Is.EqualTo("CONTINUE"));
            Assert.That(Calls["ContinueServiceDeployment"], Is.EqualTo(1));
            Assert.That(Calls["ExecuteChangeSet"], Is.EqualTo(1), "nothing is deployed twice");
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task An_answer_that_was_journalled_but_never_arrived_is_given_again()
    {
        await DieAtTheHook();
        var (ledger, waiting) = (await Demo.Ledger(), await Demo.Newest());
        var open = (await ledger.Unfinished(CancellationToken.None))!;
        await ledger.Save(open with { Hooks = [new HookDecision("web", waiting.Arn, waiting.Hooks.Single(h => h.Awaits).Id, "CONTINUE", null, DateTimeOffset.UtcNow)] }, CancellationToken.None);
        Demo.Change("pipeline.yml", "\n        contains: not yet", "");

        await Demo.Deploy("bbbbbbb");

        Assert.That(Calls["ContinueServiceDeployment"], Is.EqualTo(1));
        Assert.That((await ledger.Release(open.Id, CancellationToken.None))!.Hooks, Has.Count.EqualTo(1), "it was not thought over again");
    }

    [Test]
    public async Task A_run_killed_at_the_hook_can_be_aborted()
    {
        await DieAtTheHook();

        var ended = await new Abort(Demo.Configuration, Demo.Aws, await Demo.Store()).Run(line => TestContext.Out.WriteLine(line), CancellationToken.None);

        Assert.That(ended!.Outcome, Is.EqualTo(ReleaseOutcome.Interrupted));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [TestCase("CANARY")]
    [TestCase("LINEAR")]
    public async Task Traffic_moves_in_steps_where_it_is_configured(string strategy)
    {
        Demo.Change("pipeline.yml", "Strategy: BLUE_GREEN", $"Strategy: {strategy}");
        Demo.Change("pipeline.yml", "  BakeMinutes: 1", "  BakeMinutes: 0");
        Demo.Change("pipeline.yml", "StepBakeMinutes: 1", "StepBakeMinutes: 3");
        await using var versions = Traffic.ForVersions(Demo.Port);

        var result = await Demo.Deploy("bbbbbbb");

        await versions.Stop();
        Assert.Multiple(() =>
        {
            Assert.That(versions.Failures, Is.Empty);
            Assert.That(result!.Proofs.Single().Failure, Is.Null);
            Assert.That(Demo.Printed, Does.Contain("50 % of the traffic"));
        });
        Assert.That((await Demo.Newest()).Strategy, Is.EqualTo(strategy));
    }

    [Test]
    public async Task A_hook_of_somebody_elses_stage_is_waited_for_with_the_command_that_continues_it()
    {
        Demo.Change("infra/service.yaml", "LifecycleStages: [POST_TEST_TRAFFIC_SHIFT]", "LifecycleStages: [PRE_SCALE_UP]");

        var deployment = Demo.Deploy("bbbbbbb");

        await Poll.Until(() => Task.FromResult(Demo.Printed.Contains("--action CONTINUE", StringComparison.Ordinal)), "the command is shown");
        var waiting = await Demo.Newest();
        var hook = waiting.Hooks.Single(h => h.Awaits);
        Assert.That(Demo.Printed, Does.Contain($"aws ecs continue-service-deployment --service-deployment-arn {waiting.Arn} --hook-id {hook.Id} --action CONTINUE").And.Contain($"(until {hook.Expires:HH:mm:ss} UTC, then ROLLBACK)"));
        await Demo.Aws.Services.AnswerHook(waiting.Arn, hook.Id, Pipeline.Aws.HookAction.Continue, CancellationToken.None);
        Assert.That((await deployment)!.Record.Hooks, Is.Empty, "it was not this release's to answer");
    }

    /// <summary>The new revision never passes its trial; while it waits there, its run is killed.</summary>
    private async Task DieAtTheHook()
    {
        Demo.Change("pipeline.yml", "- path: /version", "- path: /version\n        contains: not yet");
        using var killed = new CancellationTokenSource();
        var deployment = Demo.Deploy("bbbbbbb", cancel: killed.Token);
        await Poll.Until(async () => (await Demo.Newest()).AwaitsAction, "the deployment waits at its hook");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deployment);
    }
}
