namespace Pipeline.Preflight;

/// <summary>How one thing stands.</summary>
public enum Standing
{
    /// <summary>Looked at, and good.</summary>
    Ok,

    /// <summary>Looked at, and not good: a deployment would fail or do harm, or somebody would not be told of it.</summary>
    Ng,

    /// <summary>Not looked at, or not to be judged yet, for a reason that is said.</summary>
    Skip,
}

/// <summary>What one look found.</summary>
/// <param name="Standing">how it stands</param>
/// <param name="Subject">what was looked at: a stack, a service and its secret …</param>
/// <param name="Text">what was seen; with <see cref="Standing.Skip"/> why not</param>
/// <param name="Fix">with <see cref="Standing.Ng"/>: what to do</param>
public sealed record Finding(Standing Standing, string Subject, string Text, string? Fix = null)
{
    internal static Finding Ok(string subject, string text) => new(Standing.Ok, subject, text);

    internal static Finding Ng(string subject, string text, string fix) => new(Standing.Ng, subject, text, fix);

    internal static Finding Skip(string subject, string why) => new(Standing.Skip, subject, why);
}

/// <summary>Findings about one matter.</summary>
/// <param name="Name">a word: <c>secrets</c>, <c>roles</c> …</param>
/// <param name="Findings">in the order they are shown; never empty</param>
public sealed record FindingGroup(string Name, IReadOnlyList<Finding> Findings);
