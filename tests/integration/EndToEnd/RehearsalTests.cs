namespace Pipeline.Tests.EndToEnd;

/// <summary>What docs/rehearse.sh promises: a production release on this machine, from the first deployment to an automatic rollback.</summary>
[Explicit("takes about ten minutes of a whole machine: dotnet test tests/integration --filter FullyQualifiedName~RehearsalTests")]
public sealed class RehearsalTests
{
    [Test]
    public async Task A_release_goes_to_production_and_a_bad_one_comes_back_by_itself()
    {
        var run = await Storefront.Tool(Storefront.Source(), "bash", "docs/rehearse.sh");

        Assert.That(run.ExitCode, Is.Zero, run.All);
        Assert.Multiple(() =>
        {
            Assert.That(run.Error, Does.Contain("you asked for it yourself"), "nobody approves his own release");
            Assert.That(run.Error, Does.Contain("DEPLOYMENT FAILED").And.Contain("error rate").And.Contain("rolled back: serves"));
            Assert.That(run.Output, Does.Match(@"answers: \d+ times 200  \d+ times 500"), "nothing but the bad version's own errors");
            Assert.That(run.Output, Does.Contain("audit"), "the audit log is proven");
        });
    }
}
