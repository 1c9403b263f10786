using Pipeline.Deployments;

namespace Pipeline.Tests.Deployments;

/// <summary>Each test begins with version aaaaaaa deployed and healthy.</summary>
public abstract class Rehearsed
{
    private protected Rehearsal Demo { get; private set; } = null!;

    [SetUp]
    public async Task Deployed()
    {
        Demo = await Rehearsal.Start();
        Assert.That(await Demo.Deploy("aaaaaaa"), Is.Not.Null);
    }

    [TearDown]
    public async Task Stop() => await Demo.DisposeAsync();

    private protected static string Everything(DeploymentFailedException failure) => string.Join('\n', [failure.Message, .. failure.Details.Select(d => d.Text)]);
}
