using Pipeline.LocalCloud.CloudFormation.Calls;
using Pipeline.LocalCloud.CloudFormation.Resources;
using Pipeline.LocalCloud.CloudFormation.Stacks;
using Pipeline.LocalCloud.CloudFormation.Templates;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.CloudFormation;

/// <summary>CloudFormation: templates in, stacks of the other rooms' resources out.</summary>
internal sealed class CloudFormationService : IAsyncDisposable
{
    private readonly StackEngine _engine;

    /// <param name="types">of every room</param>
    /// <param name="outside">how secrets, stored parameters and templates in S3 are read</param>
    public CloudFormationService(Database database, TimeProvider time, IReadOnlyList<ResourceType> types, OutsideValues outside, double timeScale = 1)
    {
        var parts = new EngineParts(new StackStore(database, time), new ResourceTypes([.. types, .. DummyTypes.All]), outside, time) { TimeScale = Math.Max(timeScale, 1) };
        parts.Store.Events.Added = (stack, entry) => StackNotifications.Tell(stack, entry, outside.Notify);
        _engine = new StackEngine(parts);
        var submission = new Submission(parts.Types, outside);
        var stacks = new StackCalls(parts, _engine, submission);
        parts.Types.Add(new NestedStackType(parts, _engine, submission, stacks).Type);
        Service = new AwsService("cloudformation", Wire.Query) { XmlNamespace = "http://cloudformation.amazonaws.com/doc/2010-05-15/" };
        stacks.On(Service);
        new ChangeSetCalls(parts, stacks, submission).On(Service);
        new ReadCalls(parts, submission).On(Service);
        new EventCalls(parts.Store).On(Service);
        new DriftCalls(parts).On(Service);
        new GuardCalls(parts.Store, submission).On(Service);
    }

    public AwsService Service { get; }

    /// <summary>Goes on with what a killed cloud left under way; call it once all rooms stand.</summary>
    public void Resume() => _engine.ContinueAll();

    /// <summary>The room's loop: goes on with what was left under way, and stops where it stands when the cloud stops.</summary>
    public async Task Run(CancellationToken stopping)
    {
        Resume();
        try
        {
            await Task.Delay(Timeout.Infinite, stopping);
        }
        catch (OperationCanceledException)
        {
            await DisposeAsync();
        }
    }

    /// <summary>Ends when nothing is under way on a stack, by ARN.</summary>
    public Task Idle(string stackId) => _engine.Idle(stackId);

    public ValueTask DisposeAsync() => _engine.DisposeAsync();
}
