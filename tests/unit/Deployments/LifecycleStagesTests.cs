using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

public sealed class LifecycleStagesTests
{
    [TestCase("SCALE_UP", "SCALE_UP", ExpectedResult = true)]
    [TestCase("BAKE_TIME", "TEST_TRAFFIC_SHIFT", ExpectedResult = true, TestName = "A look may miss the stages in between")]
    [TestCase("PRE_SCALE_UP", "SCALE_UP", ExpectedResult = false)]
    [TestCase("SOMETHING_NEW", "RECONCILE_SERVICE", ExpectedResult = false, TestName = "A stage that is not known has reached nothing for sure")]
    [TestCase(null, "RECONCILE_SERVICE", ExpectedResult = false, TestName = "A rolling deployment reports none")]
    public bool Reached(string? stage, string wanted) => LifecycleStages.HasReached(stage, wanted);

    [Test]
    public void Positions_count_from_one() => Assert.Multiple(() =>
    {
        Assert.That(LifecycleStages.Position("RECONCILE_SERVICE"), Is.EqualTo(1));
        Assert.That(LifecycleStages.Position("CLEAN_UP"), Is.EqualTo(LifecycleStages.Count));
    });
}
