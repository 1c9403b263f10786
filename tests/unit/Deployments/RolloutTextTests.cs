using Pipeline.Aws;
using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

/// <summary>How a rollout stands, in half a line.</summary>
public sealed class RolloutTextTests
{
    [Test]
    public void A_rolling_one_counts_its_tasks() => Assert.That(RolloutText.Of(Service("ROLLING"), null, null), Is.EqualTo("1/2 running"));

    [Test]
    public void One_that_shifts_says_its_stage_by_position_and_its_share_of_the_traffic() =>
        Assert.That(RolloutText.Of(Service("CANARY"), Deployment("CANARY", "PRODUCTION_TRAFFIC_SHIFT", 12.5), null), Is.EqualTo("PRODUCTION_TRAFFIC_SHIFT (7 of 10)  1/2 running, 12.5 % of the traffic"));

    [Test]
    public void A_stage_that_is_not_known_has_no_position() =>
        Assert.That(RolloutText.Of(Service("BLUE_GREEN"), Deployment("BLUE_GREEN", "SOMETHING_NEW", 0), null), Does.StartWith("SOMETHING_NEW  1/2 running"));

    [TestCase(1, ExpectedResult = "bakes for 5:00 more")]
    [TestCase(115, ExpectedResult = "bakes for 3:10 more", TestName = "The countdown goes in steps of ten seconds")]
    [TestCase(301, ExpectedResult = "bake time is over")]
    public string It_counts_down_while_it_bakes(int seconds) =>
        RolloutText.Of(Service("BLUE_GREEN"), Deployment("BLUE_GREEN", "BAKE_TIME", 100), TimeSpan.FromSeconds(seconds)).Split(", ")[^1];

    private static ServiceState Service(string strategy) => new("arn", "web", "cluster", "ACTIVE", "task")
    {
        Desired = 2, Running = 1, Pending = 1, CurrentDeployment = null, TargetGroups = [], Strategy = strategy, Shifting = null, Revisions = [], Events = [],
        Rollouts = [new ServiceRollout("1", "PRIMARY", "task", null, null) { Desired = 2, Running = 1, Pending = 1, Failed = 0 }],
    };

    private static ServiceDeploymentState Deployment(string strategy, string stage, double weight) => new("arn", "service", "IN_PROGRESS", null)
    {
        Created = DateTimeOffset.UnixEpoch, Finished = null, LifecycleStage = stage, Target = new RevisionShare("new", 2, 1, 1, weight, 0), Sources = [], RollbackReason = null,
        CircuitBreaker = null, TriggeredAlarms = [], Strategy = strategy, BakeTime = TimeSpan.FromMinutes(5), Hooks = [],
    };
}
