using System.Collections.Concurrent;
using System.Globalization;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

internal sealed record StackEvent(string Id, string StackId, string StackName, string LogicalId, string PhysicalId, string Type, DateTimeOffset Time, string Status)
{
    public string? Reason { get; init; }

    public string? Token { get; init; }

    /// <summary>The operation it belongs to; <c>null</c> before the first one.</summary>
    public OperationId? Operation { get; init; }
}

/// <summary>What happened to each stack, in order; two events of a stack never have the same time.</summary>
internal sealed class StackEvents
{
    private readonly Table<StackEvent> _table;
    private readonly TimeProvider _time;
    private readonly ConcurrentDictionary<string, List<StackEvent>> _byStack = new(StringComparer.Ordinal);

    public StackEvents(Database database, TimeProvider time)
    {
        _table = database.Table<StackEvent>("cloudformation/events");
        _time = time;
        foreach (var stack in _table.All.GroupBy(e => e.StackId))
        {
            _byStack[stack.Key] = [.. stack.OrderBy(e => e.Time)];
        }
    }

    /// <summary>Hears of every event, with the stack it belongs to.</summary>
    public Action<StackRecord, StackEvent> Added { get; set; } = (_, _) => { };

    public void AddStack(StackRecord stack) => Add(stack, stack.Name, stack.Id, "AWS::CloudFormation::Stack", stack.Status, stack.StatusReason);

    public DateTimeOffset Add(StackRecord stack, string logicalId, string physicalId, string type, string status, string? reason)
    {
        var events = _byStack.GetOrAdd(stack.Id, _ => []);
        lock (events)
        {
            var now = DateTimeOffset.FromUnixTimeMilliseconds(_time.GetUtcNow().ToUnixTimeMilliseconds());
            if (events.Count > 0 && now <= events[^1].Time)
            {
                now = events[^1].Time.AddMilliseconds(1);
            }

            var id = physicalId == stack.Id ? Guid.NewGuid().ToString() : string.Create(CultureInfo.InvariantCulture, $"{logicalId}-{status}-{now.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}");
            var entry = new StackEvent(id, stack.Id, stack.Name, logicalId, physicalId, type, now, status) { Reason = reason, Token = stack.Token, Operation = stack.Operations.Count > 0 ? stack.Operations[0] : null };
            events.Add(entry);
            _table.Put(string.Create(CultureInfo.InvariantCulture, $"{stack.Id}|{events.Count:D8}"), entry);
            Added(stack, entry);
            return now;
        }
    }

    public IReadOnlyList<StackEvent> NewestFirst(string stackId)
    {
        var events = _byStack.GetOrAdd(stackId, _ => []);
        lock (events)
        {
            return [.. events.AsEnumerable().Reverse()];
        }
    }
}
