using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Ecs;

namespace Pipeline.Tests.LocalCloud.Ecs;

public sealed class ShiftPlanTests
{
    private const double TimeScale = 10;

    [TestCase(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":5 """, "100")]
    [TestCase(""" "strategy":"LINEAR" """, "10 20 30 40 50 60 70 80 90 100")]
    [TestCase(""" "strategy":"LINEAR","linearConfiguration":{"stepPercent":30} """, "30 60 90 100")]
    [TestCase(""" "strategy":"LINEAR","linearConfiguration":{"stepPercent":33.3} """, "33.3 66.6 99.9 100")]
    [TestCase(""" "strategy":"LINEAR","linearConfiguration":{"stepPercent":100} """, "100")]
    [TestCase(""" "strategy":"CANARY" """, "5 100")]
    [TestCase(""" "strategy":"CANARY","canaryConfiguration":{"canaryPercent":0.1} """, "0.1 100")]
    [TestCase(""" "strategy":"CANARY","canaryConfiguration":{"canaryPercent":100} """, "100")]
    [TestCase(""" "strategy":"ROLLING" """, "100")]
    public void Steps_of_a_strategy(string configuration, string percents) =>
        Assert.That(string.Join(' ', Of(configuration).Steps.Select(step => step.Percent)), Is.EqualTo(percents));

    [Test]
    public void Minutes_are_those_of_the_documentation_divided_by_the_time_scale()
    {
        var linear = Of(""" "strategy":"LINEAR","bakeTimeInMinutes":20 """);
        var canary = Of(""" "strategy":"CANARY" """);
        var paused = Of(""" "strategy":"BLUE_GREEN","bakeTimeInMinutes":0,"lifecycleHooks":[{"targetType":"PAUSE","lifecycleStages":["POST_SCALE_UP"]},{"targetType":"PAUSE","lifecycleStages":["PRE_SCALE_UP"],"timeoutConfiguration":{"timeoutInMinutes":10,"action":"CONTINUE"} }] """);

        Assert.That((linear.Bake, linear.Steps[0].Bake), Is.EqualTo((TimeSpan.FromMinutes(2), TimeSpan.FromMinutes(0.6))));
        Assert.That((canary.Bake, canary.Steps[0].Bake), Is.EqualTo((TimeSpan.Zero, TimeSpan.FromMinutes(1))));
        Assert.That(paused.Hooks.Select(hook => (hook.Timeout, hook.TimeoutAction)), Is.EqualTo(new[] { (TimeSpan.FromMinutes(144), "ROLLBACK"), (TimeSpan.FromMinutes(1), "CONTINUE") }));
        Assert.That(paused.Pauses, Is.EqualTo(TimeSpan.FromMinutes(145)));
    }

    [TestCase(0, 0, 100)]
    [TestCase(10, 10, 90)]
    [TestCase(12.5, 125, 875)]
    [TestCase(0.1, 1, 999)]
    [TestCase(99.9, 999, 1)]
    [TestCase(100, 100, 0)]
    public void Percents_are_exact_weights(double percent, int green, int blue) => Assert.That(TrafficRules.Shares(percent), Is.EqualTo((green, blue)));

    private static ShiftPlan Of(string configuration) => ShiftPlan.Of(JsonNode.Parse($"{{{configuration}}}")!.AsObject(), TimeScale);
}
