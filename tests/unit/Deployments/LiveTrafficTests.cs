using Pipeline.Aws;
using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

/// <summary>Where production traffic goes, and whether that is right.</summary>
public sealed class LiveTrafficTests
{
    private static readonly ShiftingTraffic Sides = new("arn:x:targetgroup/blue/1", "arn:x:targetgroup/green/2", "rule", "trial");

    [Test]
    public void All_of_it_on_the_revision_that_runs_is_right() => Assert.That(Of(0, 100, Sides.AlternateTargetGroup).Wrong, Is.Null);

    [Test]
    public void All_of_it_on_one_side_is_right_where_ECS_does_not_say_which_runs() => Assert.That(Of(1, 0, null).Wrong, Is.Null);

    [Test]
    public void Split_traffic_is_wrong() => Assert.That(Of(90, 10, null).Wrong, Is.EqualTo("production traffic is split: 90 to blue, 10 to green"));

    [Test]
    public void Traffic_on_the_other_side_is_wrong() =>
        Assert.That(Of(1, 0, Sides.AlternateTargetGroup).Wrong, Is.EqualTo("production traffic goes to blue, but the revision that runs is in green"));

    [Test]
    public void Traffic_that_leaves_the_service_is_wrong() =>
        Assert.That(new LiveTraffic(Sides, new Dictionary<string, int> { ["arn:x:targetgroup/other/3"] = 1 }, null).Wrong, Is.EqualTo("production traffic goes to other, which is no target group of the service"));

    private static LiveTraffic Of(int blue, int green, string? revision) => new(Sides, new Dictionary<string, int> { [Sides.TargetGroup] = blue, [Sides.AlternateTargetGroup] = green }, revision);
}
