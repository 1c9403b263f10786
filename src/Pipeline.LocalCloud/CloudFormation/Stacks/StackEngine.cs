using System.Collections.Concurrent;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Runs stack operations in the background, one at a time for each stack.</summary>
internal sealed class StackEngine(EngineParts parts) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<string, Running> _running = new(StringComparer.Ordinal);
    private readonly CancellationTokenSource _stopping = new();
    private readonly StackStore _store = parts.Store;

    /// <summary>Makes the stack what its record says; its status must already be the operation's.</summary>
    public void Create(string stackId) => Start(stackId, operation => operation.Create());

    public void Update(string stackId) => Start(stackId, operation => operation.Update());

    /// <summary>Goes on from the status in the stack's record: a deletion, a rollback, whatever a killed cloud left.</summary>
    public void Continue(string stackId) => Start(stackId, operation => operation.Resume(_store.Get(stackId).Status));

    /// <summary>Goes on with every operation that was under way when the cloud ended.</summary>
    public void ContinueAll()
    {
        foreach (var stack in _store.Stacks.Where(stack => StackStatus.InProgress(stack.Status) && !(stack.AwaitsParent && stack.Status == StackStatus.UpdateCleanup)))
        {
            Continue(stack.Id);
        }
    }

    /// <summary>Stops an update; it rolls back.</summary>
    public void Cancel(string stackId)
    {
        if (_running.TryGetValue(stackId, out var running))
        {
            running.Cancel.Cancel();
        }
    }

    /// <summary>Deletes a stack whose creation was just cancelled, as soon as that has come to its end.</summary>
    public void DeleteAfterwards(string stackId) => Start(stackId, operation =>
    {
        _store.Status(stackId, StackStatus.DeleteInProgress, "User Initiated", stack => stack.Begin("DELETE_STACK", parts.Time.GetUtcNow()));
        return operation.Resume(StackStatus.DeleteInProgress);
    });

    /// <summary>Ends when nothing is under way on the stack.</summary>
    public Task Idle(string stackId) => _running.TryGetValue(stackId, out var running) ? running.Task : Task.CompletedTask;

    /// <summary>Stops where the operations are; the next start goes on with them.</summary>
    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_running.Values.Select(running => running.Task));
        _stopping.Dispose();
    }

    private void Start(string stackId, Func<StackOperation, Task> run)
    {
        var cancel = new CancellationTokenSource();
        var operation = new StackOperation(parts, stackId, cancel.Token, _stopping.Token);
        var previous = Idle(stackId);
        // The record says that it is under way before this task exists: a kill in between is found at the next start.
        _running[stackId] = new Running(cancel, Task.Run(async () =>
        {
            await previous;
            await Run(stackId, () => run(operation));
        }));
    }

    private async Task Run(string stackId, Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
            // The records hold where it stands.
        }
        catch (Exception fault) when (!_stopping.IsCancellationRequested)
        {
            // A fault of the engine itself must not leave a stack that is under way for ever.
            _store.Status(stackId, Failed(_store.Get(stackId).Status), $"Internal error of the embedded cloud: {fault.Message}");
        }
    }

    private static string Failed(string status) => status switch
    {
        StackStatus.UpdateCleanup => StackStatus.UpdateFailed,
        StackStatus.UpdateRollbackCleanup => StackStatus.UpdateRollbackFailed,
        _ => status.Replace("IN_PROGRESS", "FAILED", StringComparison.Ordinal),
    };

    private sealed record Running(CancellationTokenSource Cancel, Task Task);
}
