namespace Pipeline.Ledger;

/// <summary>Who may change an environment now.</summary>
/// <param name="Id">of this holding; a nonce</param>
/// <param name="Owner"><c>user@host</c></param>
/// <param name="Host">machine name</param>
/// <param name="Process">process id on that machine</param>
/// <param name="Purpose">what for, half a sentence</param>
/// <param name="Since">UTC</param>
/// <param name="Expires">UTC; renewed while the holder lives</param>
/// <param name="Fence">grows by one with each holding: an older number may not write</param>
public sealed record LockRecord(string Id, string Owner, string Host, int Process, string Purpose, DateTimeOffset Since, DateTimeOffset Expires, long Fence)
{
    /// <summary>See <see cref="Operator.Machine"/>.</summary>
    public string Machine { get; init; } = "";
}
