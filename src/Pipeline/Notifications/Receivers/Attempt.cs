namespace Pipeline.Notifications.Receivers;

/// <summary>What a receiver said to one attempt.</summary>
/// <param name="Why">why it does not have it; <c>null</c>: it has</param>
/// <param name="Again">another attempt may help</param>
internal sealed record Attempt(string? Why, bool Again)
{
    /// <summary>It has it.</summary>
    public static Attempt Taken { get; } = new(null, false);

    /// <summary>How long it asks to be left alone; <c>null</c>: it does not say.</summary>
    public TimeSpan? After { get; init; }

    public static Attempt Later(string why) => new(why, true);

    public static Attempt Never(string why) => new(why, false);
}
