using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Ledger;

namespace Pipeline.StackOperations;

/// <summary>What guards a stack beside its template: its policy and its termination protection, set only where they differ.</summary>
internal sealed class StackGuards(Stacks stacks)
{
    /// <summary>Sets what a snapshot asks for.</summary>
    /// <param name="stack">as it is now</param>
    /// <returns>whether anything was set</returns>
    public async Task<bool> Set(StackState stack, StackSnapshot snapshot, CancellationToken cancel)
    {
        var changed = false;
        if (snapshot.Policy is { } policy && !Same(policy, await stacks.Policy(stack.Id, cancel).ConfigureAwait(false)))
        {
            await stacks.SetPolicy(stack.Id, policy, cancel).ConfigureAwait(false);
            changed = true;
        }

        if (snapshot.TerminationProtection is { } protect && protect != stack.TerminationProtection)
        {
            await stacks.Protect(stack.Id, protect, cancel).ConfigureAwait(false);
            changed = true;
        }

        return changed;
    }

    /// <summary>Whether two policies say the same, however they are written.</summary>
    public static bool Same(string policy, string? other)
    {
        try
        {
            return other is not null && JsonNode.DeepEquals(JsonNode.Parse(policy), JsonNode.Parse(other));
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
