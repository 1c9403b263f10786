using Pipeline.Aws;

namespace Pipeline.StackOperations;

/// <summary>The operation that runs on a stack, as far as its events tell: AWS names a token, not a person.</summary>
/// <param name="Token">client token, e.g. <c>Console-UpdateStack-…</c>; <c>null</c>: it has none</param>
/// <param name="Since">when it began; <c>null</c>: unknown</param>
internal sealed record RunningOperation(string? Token, DateTimeOffset? Since)
{
    private static readonly HashSet<string> Beginnings = new(StringComparer.Ordinal) { "CREATE_IN_PROGRESS", "UPDATE_IN_PROGRESS", "DELETE_IN_PROGRESS", "IMPORT_IN_PROGRESS" };

    /// <summary>Finds out who began what runs.</summary>
    public static async Task<RunningOperation> On(Stacks stacks, StackState stack, CancellationToken cancel)
    {
        StackEvent? newest = null;
        StackEvent? beginning = null;
        await stacks.Events(stack.Id, e =>
        {
            newest ??= e;
            beginning ??= e.PhysicalId == stack.Id && (Beginnings.Contains(e.Status) || e.Reason == "User Initiated") ? e : null;
            return beginning is null;
        }, cancel).ConfigureAwait(false);
        return new RunningOperation((beginning ?? newest)?.ClientToken, beginning?.Time);
    }

    /// <inheritdoc/>
    public override string ToString() =>
        $"begun {(Since is { } since ? $"{since:yyyy-MM-dd HH:mm:ss} UTC " : "")}{(Token is null ? "without a token" : $"under the token '{Token}'")}";
}
