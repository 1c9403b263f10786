using Pipeline.Changes;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

public sealed class PromotedReleaseTests
{
    private static readonly PromotedRelease Promoted = new("staging", new EnvironmentState(new Dictionary<string, ServiceRecord> { ["api"] = Runs("staging-1", 1), ["web"] = Runs("staging-2", 2) }, new Dictionary<string, string>()),
        new ChangeSummary(new SourceRevision("3f2c1ab7", "main", "feat: x", false, "t"), [], 0, []), []);

    [Test]
    public void The_newest_release_that_is_meant_is_promoted() => Assert.That(() => Promoted.Demand("staging-2", "prod"), Throws.Nothing);

    [Test]
    public void Another_one_is_refused_with_what_runs()
    {
        var refused = Assert.Throws<PipelineException>(() => Promoted.Demand("staging-1", "prod"))!;

        Assert.That(refused.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refused.Message, Is.EqualTo("REFUSED: staging runs what release staging-2 brought, not staging-1."));
        Assert.That(refused.Details[^1].Text, Does.Contain("--promote=staging-2"));
    }

    private static ServiceRecord Runs(string release, int day) =>
        new(new RunningService("3f2c1ab7", "t", new ServiceInputs("i", new Dictionary<string, string>()), "sha256:1", "v1"), release, new DateTimeOffset(2026, 11, day, 0, 0, 0, TimeSpan.Zero), "http://127.0.0.1", 1);
}
