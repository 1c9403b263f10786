namespace Pipeline.Notifications;

/// <summary>What became of a notice at one receiver.</summary>
/// <param name="Cause">as it is written</param>
/// <param name="Group">the contact group</param>
/// <param name="Receiver">its name, never its address</param>
/// <param name="Delivered">it said that it has it</param>
/// <param name="Attempts">how often it was tried</param>
/// <param name="Error">why it was not delivered, half a sentence without secrets</param>
public sealed record Delivery(string Cause, string Group, string Receiver, bool Delivered, int Attempts, string? Error);

/// <summary>How long people are tried to be told. All of it together, so that a run is never held up for longer.</summary>
internal static class Limits
{
    /// <summary>For one notice, to all its receivers side by side.</summary>
    public static readonly TimeSpan Whole = TimeSpan.FromSeconds(30);

    /// <summary>For one attempt at one receiver.</summary>
    public static readonly TimeSpan Attempt = TimeSpan.FromSeconds(5);

    /// <summary>After the first attempt; doubled after each further one.</summary>
    public static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(500);

    /// <summary>How often one receiver is tried.</summary>
    public const int Attempts = 4;

    /// <summary>Bytes that are read of an answer.</summary>
    public const int Answer = 4096;

    /// <summary>How long whoever began to tell is believed to be at it.</summary>
    public static readonly TimeSpan Lease = TimeSpan.FromSeconds(60);

    /// <summary>What is older is no news any more.</summary>
    public static readonly TimeSpan News = TimeSpan.FromDays(1);
}
