using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Production;

/// <summary>From staging to production, through gates and people.</summary>
[TestFixture, FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
public sealed class ProductionTests
{
    private Shop _shop = null!;

    [SetUp]
    public async Task Proven()
    {
        _shop = await Shop.Open();
        await _shop.Prove("aaaaaaa");
    }

    [TearDown]
    public async Task Close() => await _shop.DisposeAsync();

    [Test]
    public async Task A_release_that_somebody_else_approved_is_deployed_and_its_gates_are_kept()
    {
        var request = await _shop.Ask();
        await _shop.Vote("alice", request);

        var result = await _shop.Deploy();

        Assert.That(result!.Record.Id, Is.EqualTo(request.Id));
        Assert.That(await _shop.Get("/version"), Does.Contain("aaaaaaa"));
        var record = (await (await _shop.Ledger()).Release(request.Id, CancellationToken.None))!;
        Assert.Multiple(() =>
        {
            Assert.That(record.Plan, Is.EqualTo(request.Plan));
            Assert.That(record.Requester, Does.EndWith("user/developer"));
            Assert.That(record.Gates.Select(g => (g.Name, g.Verdict)), Is.SupersetOf(new[]
            {
                ("lint", Verdict.Passed), ("tests", Verdict.Passed), ("coverage", Verdict.Passed), ("security", Verdict.Passed), ("freeze", Verdict.Passed),
                ("promotion", Verdict.Passed), ("soak", Verdict.Passed), ("health", Verdict.Passed), ("preflight", Verdict.Passed), ("approval", Verdict.Passed), ("wait", Verdict.Passed),
            }));
        });
        Assert.That((await (await _shop.Requests()).Find(request.Id, CancellationToken.None))!.Closed, Is.EqualTo(Pipeline.Approvals.RequestEnd.Deployed));
    }

    [Test]
    public async Task Nothing_is_changed_while_it_waits_and_nobody_is_locked_out()
    {
        await _shop.Ask();

        Assert.That(await _shop.Staging.Aws.Stacks.Describe(_shop.Configuration.StackName("ground"), CancellationToken.None), Is.Null);
        Assert.That(await EnvironmentLock.Holder(await _shop.Staging.Store(), "prod", CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task Whom_it_waits_for_is_told_as_long_as_it_waits()
    {
        var wanted = new List<(string Request, string People)>();
        _shop.Wanted = (asked, tally) => wanted.Add((asked.Request.Id, string.Join(", ", tally.Awaited)));

        var request = await _shop.Ask();
        await _shop.Ask();
        await _shop.Vote("alice", request);
        await _shop.Deploy();

        Assert.That(wanted, Is.EqualTo(new[] { (request.Id, "alice, bob"), (request.Id, "alice, bob") }));
    }

    [Test]
    public async Task Asking_again_goes_on_with_the_same_request()
    {
        var first = await _shop.Ask();

        Assert.That((await _shop.Ask()).Id, Is.EqualTo(first.Id));
    }

    [Test]
    public async Task Another_version_in_staging_voids_the_approval()
    {
        var request = await _shop.Ask();
        await _shop.Vote("alice", request);
        await _shop.Prove("bbbbbbb");

        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy(new Terms { Deployment = request.Id }))!;

        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refused.Message, Does.Contain("is void"));
        Assert.That((await (await _shop.Requests()).Find(request.Id, CancellationToken.None))!.Closed, Is.EqualTo(Pipeline.Approvals.RequestEnd.Void));
        Assert.That((await (await _shop.Ledger()).State(CancellationToken.None)).Services, Is.Empty);
    }

    [Test]
    public async Task Another_release_that_was_begun_since_voids_the_approval()
    {
        var request = await _shop.Ask();
        await _shop.Vote("alice", request);
        var (ledger, at) = (await _shop.Ledger(), DateTimeOffset.UtcNow.AddSeconds(1));
        var other = new ReleaseRecord(ReleaseRecord.IdOf("prod", at, new string('c', 40)), "prod", new string('c', 40), "in between", false, "bob@desk", at) { Outcome = ReleaseOutcome.RolledBack, FinishedAt = at };
        await ledger.Save(other, CancellationToken.None);

        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy(new Terms { Deployment = request.Id }))!;

        Assert.That((refused.ExitCode, refused.Message), Is.EqualTo((ExitCode.Refused, $"REFUSED: {request.Id} is void: release {other.Id} was begun after it was asked for.")));
        Assert.That((await (await _shop.Requests()).Find(request.Id, CancellationToken.None))!.Closed, Is.EqualTo(Pipeline.Approvals.RequestEnd.Void));
        Assert.That((await ledger.State(CancellationToken.None)).Services, Is.Empty);
    }

    [Test]
    public async Task A_rejection_ends_the_request()
    {
        var request = await _shop.Ask();
        await _shop.Vote("bob", request, approve: false);

        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy(new Terms { Deployment = request.Id }))!;

        Assert.That(refused.Message, Does.Contain("rejected"));
        Assert.That((await (await _shop.Ledger()).State(CancellationToken.None)).Services, Is.Empty);
    }

    [Test]
    public async Task A_timer_without_approvers_is_waited_for()
    {
        _shop.Staging.Change("pipeline.yml", "approval: { required: 1, approvers: [alice, bob], expires: 1h }", "approval: { required: 0 }");
        _shop.Staging.Change("pipeline.yml", "wait: { timer: 1ms }", "wait: { timer: 1s, from: approval }");

        var result = await _shop.Deploy();

        Assert.That(result!.Record.Gates.Where(g => g.Name is "approval" or "wait").Select(g => g.Verdict), Is.EqualTo(new[] { Verdict.Skipped, Verdict.Passed }));
    }

    [Test]
    public async Task A_template_that_staging_did_not_prove_is_refused_with_both_hashes()
    {
        _shop.Staging.Change("infra/web.yaml", "HealthCheckIntervalSeconds: 5", "HealthCheckIntervalSeconds: 6");

        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy())!;

        Assert.That(refused.Message, Does.StartWith("REFUSED: template infra/web.yaml is"));
        Assert.That(refused.Details.Single(d => d.Label == "prod").Text, Does.Contain("untouched"));
        Assert.That(refused.Details.Single(d => d.Label == "next").Text, Does.Contain("DeployStaging"));
    }

    [Test]
    public async Task A_staging_that_is_not_healthy_is_refused()
    {
        var service = (await _shop.Staging.Aws.ServicesOf(_shop.Configuration.StackName("web", "staging"), CancellationToken.None))[0];
        await _shop.Staging.Connection.Ecs.UpdateServiceAsync(new() { Cluster = service.ClusterArn, Service = service.Arn, DesiredCount = 0 });

        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy())!;

        Assert.That(refused.Message, Does.Contain("staging is not healthy"));
    }

    [Test]
    public async Task A_plan_shows_everything_and_changes_nothing()
    {
        var planned = await _shop.Plan();

        Assert.That(planned.Plan.Stacks.Select(s => s.Stack), Is.EquivalentTo(new[] { "ground", "migration", "web" }));
        Assert.That(planned.Plan.Services.Single().To, Is.EqualTo("aaaaaaa"));
        Assert.That(await (await _shop.Requests()).Waiting(CancellationToken.None), Is.Empty);
        Assert.That(await _shop.Staging.Aws.Stacks.Describe(_shop.Configuration.StackName("ground"), CancellationToken.None), Is.Null);
    }

    [Test]
    public async Task The_change_sets_that_were_approved_are_executed_and_no_others()
    {
        await Deployed("aaaaaaa");
        await _shop.Prove("bbbbbbb");
        var request = await _shop.Ask();
        var plan = (await new PlanShelf(await _shop.Staging.Store(), "prod").Find(request.Id, CancellationToken.None))!;
        var approved = plan.Stacks.Single(s => s.Stack == "migration").ChangeSet!;
        await _shop.Vote("alice", request);

        // Somebody else's change makes the change set obsolete.
        await _shop.Staging.Connection.CloudFormation.DeleteChangeSetAsync(new() { ChangeSetName = approved });
        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy(new Terms { Deployment = request.Id }))!;

        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(await _shop.Get("/version"), Does.Contain("aaaaaaa"));
    }

    [Test]
    public async Task An_emergency_leaves_out_the_soak_and_says_who_and_why()
    {
        _shop.Staging.Change("pipeline.yml", "wait: { timer: 1ms }", "wait: { timer: 1h }\n      promotion: { soak: 2h }");
        var refused = Assert.CatchAsync<PipelineException>(() => _shop.Deploy())!;
        Assert.That(refused.Details.Single(d => d.Label == "gate").Text, Does.Contain("soak"));
        var terms = new Terms { Emergency = new Relaxation("arn:aws:iam::123456789012:user/developer", "the shop is down") };
        Assert.CatchAsync<PipelineException>(() => _shop.Deploy(terms));
        var request = (await (await _shop.Requests()).Waiting(CancellationToken.None))[0];
        await _shop.Vote("alice", request);

        var result = await _shop.Deploy(terms);

        Assert.Multiple(() =>
        {
            Assert.That(result!.Record.Kind, Is.EqualTo(ReleaseKind.Emergency));
            Assert.That(result.Record.Reason, Is.EqualTo("the shop is down"));
            Assert.That(result.Record.Gates.Where(g => g is { Verdict: Verdict.Skipped, By: not null }).Select(g => g.Name), Is.EquivalentTo(new[] { "soak", "wait" }));
        });
    }

    [Test]
    public async Task Nothing_to_promote_is_refused_by_name()
    {
        await using var empty = await Shop.Open();

        var refused = Assert.CatchAsync<PipelineException>(() => empty.Deploy())!;

        Assert.That(refused.Message, Does.Contain("staging does not run web yet"));
    }

    [Test]
    public async Task The_same_again_is_nothing_to_do()
    {
        await Deployed("aaaaaaa");

        Assert.That(await _shop.Deploy(), Is.Null);
    }

    private async Task Deployed(string version)
    {
        var request = await _shop.Ask();
        await _shop.Vote("bob", request);
        await _shop.Deploy();
        Assert.That(await _shop.Get("/version"), Does.Contain(version));
    }
}
