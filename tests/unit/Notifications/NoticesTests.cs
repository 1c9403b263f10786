using Pipeline.Approvals;
using Pipeline.Aws;
using Pipeline.Ci;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Notifications;
using Pipeline.Outcomes;
using Pipeline.Tests.Configuration;
using Pipeline.Watching;

namespace Pipeline.Tests.Notifications;

/// <summary>What notices say of releases, requests and watches.</summary>
public sealed class NoticesTests
{
    private static readonly DateTimeOffset Noon = new(2026, 11, 23, 12, 0, 0, TimeSpan.Zero);

    [TestCase(ReleaseKind.Deployment, "shop prod: deployed: api v1 → v2")]
    [TestCase(ReleaseKind.Emergency, "shop prod: deployed in an emergency: api v1 → v2")]
    [TestCase(ReleaseKind.Rollback, "shop prod: rolled back to prod-1: api v1 → v2")]
    public void A_release_that_succeeded(ReleaseKind kind, string headline)
    {
        var notice = Made().Deployed(Release() with { Kind = kind, BackTo = "prod-1", Outcome = ReleaseOutcome.Succeeded });

        Assert.That((notice.Cause, notice.Headline, notice.By), Is.EqualTo((Cause.Deployed, headline, "dora@desk")));
    }

    [TestCase(ReleaseKind.Deployment, ReleaseOutcome.RolledBack, Cause.Failed, "the release failed and was rolled back")]
    [TestCase(ReleaseKind.Deployment, ReleaseOutcome.Failed, Cause.Failed, "the release failed")]
    [TestCase(ReleaseKind.Deployment, ReleaseOutcome.RollbackFailed, Cause.RollbackFailed, "ROLLBACK FAILED, a person is needed")]
    [TestCase(ReleaseKind.Rollback, ReleaseOutcome.RolledBack, Cause.RollbackFailed, "the rollback to prod-1 failed, a person is needed")]
    public void A_release_that_failed(ReleaseKind kind, ReleaseOutcome outcome, Cause cause, string headline)
    {
        var failure = new DeploymentFailedException("prod", "prod-2", new Explanation("api never became healthy", [new Detail("what", "GET /health answered 500"), new Detail("log", "customer 4711 ordered")]), new Aftermath(outcome, ["api"], []));

        var notice = Made().Failed(failure, Release() with { Kind = kind, BackTo = "prod-1", Outcome = outcome });

        Assert.Multiple(() =>
        {
            Assert.That((notice.Cause, notice.Headline), Is.EqualTo((cause, $"shop prod: {headline}")));
            Assert.That(notice.Why, Is.EqualTo(new[] { "DEPLOYMENT FAILED: api never became healthy", "GET /health answered 500" }), "and nothing of the application's log");
            Assert.That(notice.State, Is.Not.Empty);
            Assert.That(notice.Next, Does.Contain("./build.sh"));
        });
    }

    [Test]
    public void A_failure_whose_record_can_not_be_read_is_told_all_the_same()
    {
        var failure = new DeploymentFailedException("prod", "prod-2", new Explanation("api never became healthy", []), new Aftermath(ReleaseOutcome.RolledBack, [], []));

        Assert.That(Made().Failed(failure, null).About, Is.EqualTo("prod-2"));
    }

    [Test]
    public void A_request_says_who_can_act_until_when_and_how()
    {
        var plan = new PlanRecord("prod-2", "prod", new string('3', 40), Noon) { Services = Release().Services };
        var request = new DeploymentRequest("prod-2", "prod", plan.Hash(), new CallerIdentity("123456789012", "arn:aws:iam::123456789012:user/dora", "AIDA"), Noon, Noon.AddHours(4)) { Summary = ["api v1 → v2"] };

        var notice = Made().Wanted(new Asked(request, plan), new Tally(ApprovalVerdict.Waiting, "", 1) { Awaited = ["alice", "bob"] });

        Assert.Multiple(() =>
        {
            Assert.That((notice.Cause, notice.About, notice.Until), Is.EqualTo((Cause.ApprovalWanted, "prod-2", Noon.AddHours(4))));
            Assert.That(notice.Who, Is.EqualTo(new[] { "alice", "bob" }));
            Assert.That(notice.Next, Is.EqualTo("AWS_PROFILE=<one of them> ./build.sh --target=Approve --environment=prod --deployment=prod-2"));
        });
    }

    [Test]
    public void An_emergency_names_what_is_left_out_and_is_one_piece_of_news_after_an_interruption()
    {
        var first = Release() with { Kind = ReleaseKind.Emergency, Request = "prod-2", Reason = "payments are down", Gates = [new GateResult("soak", Verdict.Skipped, "left out", Noon) { By = "dora" }, new GateResult("tests", Verdict.Passed, "", Noon)] };

        var notice = Made().Emergency(first);

        Assert.That((notice.Cause, notice.Reason), Is.EqualTo((Cause.EmergencyUsed, "payments are down")));
        Assert.That(notice.Why, Is.EqualTo(new[] { "soak is left out" }));
        Assert.That(Made().Emergency(first with { Id = "prod-3" }).Id, Is.EqualTo(notice.Id), "a resumed release has an id of its own");
    }

    [Test]
    public void A_look_tells_each_incident_once_and_the_end_of_the_watch()
    {
        var incident = new Incident("prod-2/1", "prod-2", Noon, [new Firing("api", Trigger.ErrorRate, Noon, Noon, "error rate 9.0 %")]) { State = IncidentState.RolledBack, Rollback = "prod-3" };
        var watch = new Watch("prod-2", Noon, Noon.AddHours(24)) { Incidents = [incident] };

        var open = Made().Of(new TickResult(TickState.RollingBack, "") { Watch = watch });
        var over = Made().Of(new TickResult(TickState.RolledBack, "") { Watch = watch.Ended(WatchEnd.RolledBack, Noon, incident.Text) });

        Assert.That(open.Select(n => n.Headline), Is.EqualTo(new[] { "shop prod: a trigger fired: api: error rate 9.0 %" }));
        Assert.That(over.Select(n => n.Cause), Is.EqualTo(new[] { Cause.TriggerFired, Cause.WatchFinished }));
        Assert.That(over[0].Id, Is.EqualTo(open[0].Id).And.EqualTo(Made().Fired(incident).Id));
        Assert.That(over[1].State, Is.EqualTo("the last good release serves again (prod-3)"));
    }

    [Test]
    public void A_watch_that_the_next_release_ended_and_one_without_anything_to_tell_are_no_news()
    {
        var watch = new Watch("prod-2", Noon, Noon.AddHours(24));

        Assert.That(Made().Of(new TickResult(TickState.Superseded, "") { Watch = watch.Ended(WatchEnd.Superseded, Noon, "") }), Is.Empty);
        Assert.That(Made().Of(new TickResult(TickState.Watching, "") { Watch = watch }), Is.Empty);
        Assert.That(Made().Of(new TickResult(TickState.Idle, "")), Is.Empty);
    }

    [Test]
    public void A_blind_watch_calls_a_person_once()
    {
        var watch = new Watch("prod-2", Noon, Noon.AddHours(24));

        var notices = Enumerable.Range(0, 2).Select(i => Made().Of(new TickResult(TickState.Blind, "BLIND") { Watch = watch with { Looked = Noon.AddMinutes(i) } }).Single()).ToList();

        Assert.That((notices[0].Cause, notices[0].Id), Is.EqualTo((Cause.TriggerFired, notices[1].Id)));
    }

    [TestCase("https://github.example/acme/shop/actions/runs/7", "GITHUB_ACTIONS=true", "GITHUB_RUN_ID=7", "GITHUB_SERVER_URL=https://github.example", "GITHUB_REPOSITORY=acme/shop")]
    [TestCase("https://gitlab.example/acme/shop/-/pipelines/7", "GITLAB_CI=true", "CI_PIPELINE_URL=https://gitlab.example/acme/shop/-/pipelines/7")]
    [TestCase("https://dev.azure.example/acme/shop/_build/results?buildId=7", "TF_BUILD=True", "BUILD_BUILDID=7", "SYSTEM_COLLECTIONURI=https://dev.azure.example/acme/", "SYSTEM_TEAMPROJECT=shop")]
    [TestCase("https://jenkins.example/job/shop/7/", "JENKINS_URL=https://jenkins.example/", "BUILD_URL=https://jenkins.example/job/shop/7/")]
    [TestCase(null, "JENKINS_URL=https://jenkins.example/", "BUILD_URL=javascript:alert(1)")]
    [TestCase(null)]
    public void The_run_s_page_is_linked_where_there_is_one(string? page, params string[] variables)
    {
        var known = variables.Select(v => v.Split('=', 2)).ToDictionary(v => v[0], v => v[1]);

        Assert.That(RunLink.Of(name => known.GetValueOrDefault(name))?.AbsoluteUri, Is.EqualTo(page));
    }

    private static Notices Made()
    {
        using var sandbox = new Sandbox();
        return new Notices(ConfigurationLoader.Load(sandbox.Root, "prod"), null);
    }

    private static ReleaseRecord Release() => new("prod-2", "prod", new string('3', 40), "feat: more", false, "dora@desk", Noon)
    {
        Services = [new ServiceChange("api", "v1", "v2", null, "sha256:2")],
        FinishedAt = Noon,
    };
}
