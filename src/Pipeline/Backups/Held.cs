using Pipeline.Aws;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Backups;

/// <summary>Work under an environment's lock that is no release.</summary>
internal static class Held
{
    /// <summary>Runs it; the loss of the lock cancels it.</summary>
    /// <param name="purpose">half a sentence, shown to whoever finds the environment locked</param>
    /// <exception cref="PipelineException">somebody else holds the environment (3); the lock was lost (6)</exception>
    public static async Task<T> Run<T>(ObjectStore store, string environment, string purpose, Func<CancellationToken, Task<T>> work, CancellationToken cancel)
    {
        await using var held = await EnvironmentLock.Take(store, environment, purpose, cancel).ConfigureAwait(false);
        using var alive = CancellationTokenSource.CreateLinkedTokenSource(cancel, held.Lost);
        try
        {
            return await work(alive.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (held.Lost.IsCancellationRequested && !cancel.IsCancellationRequested)
        {
            throw new PipelineException(ExitCode.Unknown, $"The lock of {environment} was lost while {purpose}: its lease could not be renewed.",
                new Detail(environment, "as it was, or as far as this run said"), new Detail("next", "the same command again"));
        }
    }
}
