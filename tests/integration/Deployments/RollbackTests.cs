using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>An earlier release's state is brought back, on purpose.</summary>
public sealed class RollbackTests : Rehearsed
{
    private static readonly RollbackRequest LastGood = new(RollbackTarget.LastGood, "orders look wrong", "oncall@desk");

    [Test]
    public async Task Services_templates_and_parameters_come_back_as_they_were()
    {
        var before = (await Demo.Aws.Stacks.Describe(Demo.Configuration.StackName("web"), CancellationToken.None))!;
        var template = await Demo.Aws.Stacks.Template(before.Id, CancellationToken.None);
        Demo.Change("pipeline.yml", "Tasks: 2", "Tasks: 1");
        Demo.Change("infra/web.yaml", "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 25");
        await Demo.Deploy("bbbbbbb");

        var result = await Demo.GoBack(LastGood);

        var after = (await Demo.Aws.Stacks.Describe(before.Id, CancellationToken.None))!;
        var restored = await Demo.Aws.Stacks.Template(before.Id, CancellationToken.None);
        Assert.Multiple(() =>
        {
            Assert.That(after.Parameters, Is.EqualTo(before.Parameters));
            Assert.That(after.Tags, Is.EqualTo(before.Tags));
            Assert.That(restored, Is.EqualTo(template));
            Assert.That(result.Deployed!.Proofs.Single(), Has.Property("Tasks").EqualTo(2).And.Property("Failure").Null);
            Assert.That(Demo.Printed, Does.Match("web +bbbbbbb → aaaaaaa").And.Match("web +stack: template, version, parameters Tasks"));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task The_record_says_what_kind_of_release_it_was()
    {
        var first = (await (await Demo.Ledger()).Releases(1, CancellationToken.None))[0];
        await Demo.Deploy("bbbbbbb");
        var migrations = (await Demo.TasksOf("demo-migration")).Count;

        await Demo.GoBack(LastGood with { Incident = "errors-0952" });

        var ledger = await Demo.Ledger();
        var record = (await ledger.Releases(1, CancellationToken.None))[0];
        var state = await ledger.State(CancellationToken.None);
        var tasks = await Demo.TasksOf("demo-migration");
        Assert.Multiple(() =>
        {
            Assert.That((record.Kind, record.BackTo, record.Reason, record.Incident, record.By, record.Outcome),
                Is.EqualTo((ReleaseKind.Rollback, first.Id, "orders look wrong", "errors-0952", "oncall@desk", ReleaseOutcome.Succeeded)));
            Assert.That(record.Requester, Does.StartWith("arn:aws:iam::123456789012:"));
            Assert.That(record.Services.Single(), Is.EqualTo(new ServiceChange("web", "bbbbbbb", "aaaaaaa", state.Services["web"].Running.Digest, state.Services["web"].Running.Digest) with { FromDigest = record.Services[0].FromDigest }));
            Assert.That(record.Reached!.Stacks, Is.EqualTo(first.Reached!.Stacks));
            Assert.That(state.Release, Is.EqualTo(record.Id));
            Assert.That(tasks, Has.Count.EqualTo(migrations), "an older migration is not run again");
        });
    }

    [Test]
    public async Task An_incident_has_one_rollback_however_often_it_is_asked_for()
    {
        await Demo.Deploy("bbbbbbb");
        var request = LastGood with { Incident = "errors-0952" };

        var both = await Task.WhenAll(Demo.GoBack(request), Demo.GoBack(request));
        var third = await Demo.GoBack(request);

        Assert.Multiple(() =>
        {
            Assert.That(both.Append(third).Select(r => r.Record.Id).Distinct().Count(), Is.EqualTo(1));
            Assert.That(both.Count(r => r.Deployed is not null), Is.EqualTo(1));
            Assert.That(both.Append(third).Select(r => r.Record.Outcome), Is.All.EqualTo(ReleaseOutcome.Succeeded));
        });
        Assert.That((await (await Demo.Ledger()).Releases(10, CancellationToken.None)).Count(r => r.Kind == ReleaseKind.Rollback), Is.EqualTo(1));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task A_second_one_does_not_walk_further_back()
    {
        await Demo.Deploy("bbbbbbb");
        await Demo.Deploy("ccccccc");
        await Demo.GoBack(LastGood);

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.GoBack(LastGood))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(refusal.Message, Does.Contain("goes only to a release that somebody names"));
            Assert.That(refusal.Details.Single(d => d.Label == "known").Text, Does.Contain("web aaaaaaa").And.Contain("web bbbbbbb   runs now").And.Contain("left by rollback"));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));

        await Demo.GoBack(LastGood with { Target = RollbackTarget.Of(null, "aaaaaaa") });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task One_whose_image_is_gone_is_refused_before_anything_changes()
    {
        await Demo.Deploy("bbbbbbb");
        await Demo.Forget("aaaaaaa");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.GoBack(LastGood))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(refusal.Details.Select(d => d.Text), Has.Some.Contains("the registry has no demo/web@sha256:").And.Some.EqualTo("untouched"));
        });
        Assert.That((await (await Demo.Ledger()).Releases(10, CancellationToken.None)).Count(r => r.Kind == ReleaseKind.Rollback), Is.Zero);
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task Past_a_release_that_is_not_rollback_safe_only_a_person_goes()
    {
        Demo.Change("pipeline.yml", "owner: team-demo", "owner: team-demo\nrollbackSafe: false");
        await Demo.Deploy("bbbbbbb");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.GoBack(LastGood, snapshot: (r, _) => Task.FromResult<string?>($"before-{r.Id}")))!;

        Assert.That(string.Join('\n', refusal.Details.Select(d => d.Text)), Does.Contain("rollbackSafe: false").And.Contain("snapshot before-staging-").And.Contain("--past-unsafe"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));

        var gone = await Demo.GoBack(LastGood with { PastUnsafe = true });
        Assert.That(gone.Record.RollbackSafe, Is.False, "whoever goes past it again must insist again");
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task One_that_turns_out_sick_keeps_what_serves()
    {
        await Demo.Deploy("bbbbbbb");
        // The version before can not live in the world of today.
        Demo.Change("pipeline.yml", "- path: /version", "- path: /version\n        contains: bbbbbbb");

        var failure = Assert.ThrowsAsync<DeploymentFailedException>(() => Demo.GoBack(LastGood))!;

        Assert.That(failure.ExitCode, Is.EqualTo(ExitCode.DeploymentFailed));
        Assert.That(Everything(failure), Does.Contain("serves web bbbbbbb as before"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task A_release_that_did_not_come_through_its_watch_is_passed_over()
    {
        await Demo.Deploy("bbbbbbb");
        await Demo.Deploy("ccccccc");

        await Demo.GoBack(LastGood, survived: (r, _) => Task.FromResult(r.Commit.StartsWith("aaaaaaa", StringComparison.Ordinal)));

        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task While_a_release_is_under_way_it_is_refused_and_told_how_to_end_that()
    {
        await Demo.Deploy("bbbbbbb");
        await using var held = await EnvironmentLock.Take(await Demo.Store(), Rehearsal.Environment, "deploying ccccccc", CancellationToken.None);

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.GoBack(LastGood))!;

        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refusal.Details.Single(d => d.Label == "next").Text, Does.Contain("--target=Abort"));
    }

    [Test]
    public async Task After_a_deployment_that_was_killed_the_last_good_one_is_what_ran_before_it()
    {
        Demo.Change("pipeline.yml", "Fault: \"\"", "Fault: hang");
        using var killed = new CancellationTokenSource();
        var deployment = Demo.Deploy("bbbbbbb", cancel: killed.Token);
        await Poll.Until(async () => (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single().Rollouts.Count == 2, "the rollout is under way");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => deployment);
        await new Abort(Demo.Configuration, Demo.Aws, await Demo.Store()).Run(_ => { }, CancellationToken.None);

        var result = await Demo.GoBack(LastGood);

        Assert.That(result.Record.Commit, Does.StartWith("aaaaaaa"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task One_that_is_killed_while_services_roll_out_is_taken_up_by_the_next_call()
    {
        await Demo.Deploy("bbbbbbb");
        var request = LastGood with { Incident = "errors-0952" };
        using var killed = new CancellationTokenSource();
        var rollback = Demo.GoBack(request, cancel: killed.Token);
        await Poll.Until(async () => (await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single().Rollouts.Count == 2, "the rollback is under way");
        await killed.CancelAsync();
        Assert.CatchAsync<OperationCanceledException>(() => rollback);

        var result = await Demo.GoBack(request);

        var releases = await (await Demo.Ledger()).Releases(10, CancellationToken.None);
        Assert.That(releases.Where(r => r.Kind == ReleaseKind.Rollback).Select(r => (r.BackTo, r.Incident, r.Outcome)), Is.EqualTo(new[]
        {
            (releases[^1].Id, "errors-0952", ReleaseOutcome.Succeeded), (releases[^1].Id, "errors-0952", ReleaseOutcome.Interrupted),
        }));
        Assert.That(result.Deployed, Is.Not.Null);
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));
    }

    [Test]
    public async Task What_an_autoscaler_made_of_the_count_stays()
    {
        Demo.Change("infra/web.yaml", "      DesiredCount: !Ref Tasks\n", "");
        await Demo.Deploy("bbbbbbb");
        await Demo.Deploy("ccccccc");
        await Demo.Scale((await Demo.Aws.ServicesOf(Demo.Configuration.StackName("web"), CancellationToken.None)).Single(), 3);

        var result = await Demo.GoBack(LastGood);

        Assert.That(result.Deployed!.Proofs.Single().Tasks, Is.EqualTo(3));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }
}
