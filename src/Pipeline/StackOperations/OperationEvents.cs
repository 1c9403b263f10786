using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>What happened to a stack under one client token.</summary>
/// <param name="Ours">newest first</param>
/// <param name="Overtaken">something happened afterwards under another token: the stack's status is no longer ours</param>
internal sealed record OperationEvents(IReadOnlyList<StackEvent> Ours, bool Overtaken)
{
    private const int MostForeign = 200;

    /// <summary>The operation has begun, as far as the events say.</summary>
    public bool Begun => Ours.Count > 0;

    /// <summary>Reads them.</summary>
    /// <param name="stackId">ARN</param>
    public static async Task<OperationEvents> Read(Stacks stacks, string stackId, string token, CancellationToken cancel)
    {
        var foreign = 0;
        var found = false;
        var all = await stacks.Events(stackId, e =>
        {
            var ours = IsOurs(e, token);
            foreign += ours || found ? 0 : 1;
            found |= ours;
            return ours || (!found && foreign <= MostForeign);
        }, cancel).ConfigureAwait(false);
        return new OperationEvents([.. all.Where(e => IsOurs(e, token))], found && foreign > 0);
    }

    /// <summary>What was asked for on the way, such as a cancellation, has the operation's token with a word behind it.</summary>
    private static bool IsOurs(StackEvent e, string token) => e.ClientToken is { } its && (its == token || its.StartsWith($"{token}-", StringComparison.Ordinal));

    /// <summary>The status that the operation gave the stack last; <c>null</c>: none yet.</summary>
    /// <param name="stackId">ARN</param>
    public string? Status(string stackId) => Ours.FirstOrDefault(e => e.PhysicalId == stackId)?.Status;
}
