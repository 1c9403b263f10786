using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Ecs;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.State;

namespace Pipeline.Tests.LocalCloud.Ecs;

/// <summary>The stages of a deployment, minute by minute, without a task: how healthy the revisions are is told.</summary>
[FixtureLifeCycle(LifeCycle.InstancePerTestCase)]
internal sealed class TrafficShiftTests : IDisposable
{
    private const string Service = "arn:aws:ecs:eu-central-1:123456789012:service/main/web";
    private const string Rule = "arn:aws:elasticloadbalancing:eu-central-1:123456789012:listener-rule/app/front/1/2/3";
    private readonly Database _database = new(null);
    private readonly ManualTime _time = new(new DateTimeOffset(2026, 11, 23, 9, 0, 0, TimeSpan.Zero));
    private readonly Dictionary<string, Fleet> _fleets = [];
    private readonly EcsStore _store;
    private readonly Balancer _balancer;
    private readonly TrafficShift _shift;
    private ServiceRecord _service;

    public TrafficShiftTests()
    {
        _store = new EcsStore(_database);
        _balancer = new Balancer(_database, _time, 1);
        _shift = new TrafficShift(_store, new TrafficRules(_store, new RuleTraffic(_balancer)), new ScaledClock(_time, 1));
        _service = new ServiceRecord(Service, "web", "main", "ACTIVE", 2, "{}", _time.GetUtcNow());
    }

    public void Dispose()
    {
        _balancer.DisposeAsync().AsTask().Wait();
        _database.Dispose();
    }

    [SetUp]
    public void Healthy()
    {
        _balancer.Rules.Put(Rule, new RuleRecord(Rule, "listener", 1, [], new ActionRecord { Forward = [new("first", 100), new("second", 0)] }));
        _fleets["blue"] = new Fleet(2, 2, 2);
        _fleets["green"] = new Fleet(0, 0, 0);
    }

    [Test]
    public void Nothing_is_shifted_before_all_new_tasks_are_healthy()
    {
        Begin(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":30 """);
        Assert.That(Now, Is.EqualTo("SCALE_UP 0%"));

        _fleets["green"] = new Fleet(2, 1, 2);
        _time.Advance(TimeSpan.FromHours(1));
        Assert.That(Now, Is.EqualTo("SCALE_UP 0%"));

        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("BAKE_TIME 100%"));
    }

    [Test]
    public void It_bakes_to_the_minute()
    {
        Begin(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":30 """);
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("BAKE_TIME 100%"));

        _time.Advance(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.That(Now, Is.EqualTo("BAKE_TIME 100%"));
        _time.Advance(TimeSpan.FromTicks(1));
        Assert.That(Now, Is.EqualTo("CLEAN_UP 100%"));
    }

    [Test]
    public void Linear_steps_wait_but_not_after_the_last()
    {
        Begin(""" "strategy":"LINEAR","bakeTimeInMinutes":1,"linearConfiguration":{"stepPercent":40,"stepBakeTimeInMinutes":6} """);
        _fleets["green"] = new Fleet(2, 2, 2);
        var seen = new List<string>();
        for (var minute = 0; minute <= 13; minute++)
        {
            seen.Add(Now);
            _time.Advance(TimeSpan.FromMinutes(1));
        }

        Assert.That(seen, Is.EqualTo(Enumerable.Repeat("PRODUCTION_TRAFFIC_SHIFT 40%", 6).Concat(Enumerable.Repeat("PRODUCTION_TRAFFIC_SHIFT 80%", 6)).Append("BAKE_TIME 100%").Append("CLEAN_UP 100%")));
    }

    [Test]
    public void A_step_waits_for_new_tasks_that_fell_ill()
    {
        Begin(""" "strategy":"CANARY","bakeTimeInMinutes":0,"canaryConfiguration":{"canaryPercent":5,"canaryBakeTimeInMinutes":10} """);
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("PRODUCTION_TRAFFIC_SHIFT 5%"));

        _fleets["green"] = new Fleet(2, 1, 2);
        _time.Advance(TimeSpan.FromMinutes(20));
        Assert.That(Now, Is.EqualTo("PRODUCTION_TRAFFIC_SHIFT 5%"));
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("CLEAN_UP 100%"));
    }

    [Test]
    public void All_hooks_of_a_stage_have_to_be_answered()
    {
        Begin(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"]},{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"]}] """);
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("POST_SCALE_UP 0%"));
        var hooks = Deployment.Lifecycle!.Hooks;
        Assert.That(hooks.Select(hook => hook.ExpiresAt), Is.All.EqualTo(_time.GetUtcNow() + TimeSpan.FromDays(1)));

        Answer(hooks[0].Id);
        Assert.That(Now, Is.EqualTo("POST_SCALE_UP 0%"));
        Answer(hooks[1].Id);
        Assert.That(Now, Is.EqualTo("CLEAN_UP 100%"));
    }

    [Test]
    public void A_hook_runs_out_at_its_minute()
    {
        var lifecycle = new LifecycleRecord(LifecycleStage.PostScaleUp, _time.GetUtcNow(), "blue") { Hooks = [new("a", LifecycleStage.PostScaleUp, 0, "AWAITING_ACTION", _time.GetUtcNow() + TimeSpan.FromMinutes(1), "ROLLBACK")] };

        Assert.That(PauseHooks.Expire(lifecycle, _time.GetUtcNow() + TimeSpan.FromSeconds(59), out var early), Is.SameAs(lifecycle));
        var over = PauseHooks.Expire(lifecycle, _time.GetUtcNow() + TimeSpan.FromSeconds(60), out var late);

        Assert.That((early, late, over.Hooks[0].Status), Is.EqualTo((false, true, "TIMED_OUT")));
    }

    [Test]
    public void A_rollback_waits_for_a_side_that_is_at_least_as_healthy()
    {
        Begin(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":30 """);
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("BAKE_TIME 100%"));
        _fleets["blue"] = new Fleet(2, 1, 2);
        _store.Deployments.Put("d", Deployment with { Status = "ROLLBACK_IN_PROGRESS" });

        Assert.That(Now, Is.EqualTo("BAKE_TIME 100%"));
        _fleets["green"] = new Fleet(2, 1, 2);
        Assert.That(Now, Is.EqualTo("BAKE_TIME 0%"));
        Assert.That(Weights, Is.EqualTo("first 100, second 0"));
    }

    [Test]
    public void What_somebody_else_does_to_the_rule_stays_until_the_next_step()
    {
        Begin(""" "strategy":"CANARY","bakeTimeInMinutes":0,"canaryConfiguration":{"canaryPercent":12.5,"canaryBakeTimeInMinutes":10} """);
        _fleets["green"] = new Fleet(2, 2, 2);
        Assert.That(Now, Is.EqualTo("PRODUCTION_TRAFFIC_SHIFT 12.5%"));
        Assert.That(Weights, Is.EqualTo("first 875, second 125"));

        _balancer.ChangeRule(Rule, rule => rule with { Action = new ActionRecord { Forward = [new("first", 1)] } });
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.That((Now, Weights), Is.EqualTo(("PRODUCTION_TRAFFIC_SHIFT 12.5%", "first 1")));
        _time.Advance(TimeSpan.FromMinutes(5));
        Assert.That((Now, Weights), Is.EqualTo(("CLEAN_UP 100%", "first 0, second 100")));
    }

    /// <summary>Stage and weight after the deployment has been looked at.</summary>
    private string Now
    {
        get
        {
            _shift.Advance(_service, Deployment, revision => _fleets[revision]);
            return $"{Deployment.Lifecycle!.Stage} {Deployment.Lifecycle.Production}%";
        }
    }

    private string Weights => string.Join(", ", _balancer.Rules.Find(Rule)!.Action.Forward!.Select(group => $"{group.Arn} {group.Weight}"));

    private ServiceDeploymentRecord Deployment => _store.Deployments.Find("d")!;

    private void Begin(string configuration)
    {
        const string Members = $$"""{"loadBalancers":[{"targetGroupArn":"first","containerName":"web","containerPort":8080,"advancedConfiguration":{"alternateTargetGroupArn":"second","productionListenerRule":"{{Rule}}"} }]}""";
        var members = JsonNode.Parse(Members)!.AsObject();
        var blue = new RevisionRecord("blue", Service, "main", "web:1", Members, _time.GetUtcNow());
        var green = new RevisionRecord("green", Service, "main", "web:2", Members, _time.GetUtcNow()) { TargetGroups = Placement.ForNew(members, blue, shifts: true) };
        _store.Revisions.Put("blue", blue);
        _store.Revisions.Put("green", green);
        _store.Deployments.Put("d", new ServiceDeploymentRecord("d", Service, "main", "green", ["blue"], "IN_PROGRESS", _time.GetUtcNow())
        {
            Configuration = $"{{{configuration}}}",
            Lifecycle = new LifecycleRecord(LifecycleStage.PreScaleUp, _time.GetUtcNow(), "blue"),
        });
        _service = _service with { Deployments = [Made("green", "PRIMARY"), Made("blue", "ACTIVE")] };
    }

    private static DeploymentRecord Made(string revision, string status) => new($"ecs-svc/{revision}", status, "web", revision, "d", "IN_PROGRESS", "");

    private void Answer(string hook) => _store.Deployments.Put("d", Deployment with { Lifecycle = PauseHooks.Answer(Deployment.Lifecycle, hook, goOn: true) });
}
