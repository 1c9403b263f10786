using System.Collections.Concurrent;

namespace Pipeline.Tests.Deployments;

/// <summary>A system whose traffic ECS moves. Each test begins with version aaaaaaa deployed and healthy.</summary>
public abstract class Shifted
{
    private protected Rehearsal Demo { get; private set; } = null!;

    /// <summary>How often each operation was asked for.</summary>
    private protected ConcurrentDictionary<string, int> Calls { get; } = new();

    [SetUp]
    public async Task Deployed()
    {
        Calls.Clear();
        Demo = await Rehearsal.Start(answered => Calls.AddOrUpdate(answered.Operation, 1, (_, count) => count + 1), "shifting");
        Prepare();
        Assert.That(await Demo.Deploy("aaaaaaa"), Is.Not.Null);
        Calls.Clear();
    }

    [TearDown]
    public async Task Stop() => await Demo.DisposeAsync();

    /// <summary>Changes the system before anything of it is deployed.</summary>
    private protected virtual void Prepare()
    {
    }

    private protected static string Everything(Outcomes.PipelineException failure) => string.Join('\n', [failure.Message, .. failure.Details.Select(d => d.Text)]);
}
