namespace Pipeline.Ci;

/// <summary>Words in a commit's message that ask for less.</summary>
/// <param name="spellings">each of which means it</param>
internal sealed class SkipMarker(params string[] spellings)
{
    public static SkipMarker Ci { get; } = new("[skip ci]", "[ci skip]");

    public static SkipMarker Tests { get; } = new("[skip tests]");

    /// <returns>as it is spelt; <c>null</c>: the message does not ask for it</returns>
    public string? In(string? message) => spellings.FirstOrDefault(s => message?.Contains(s, StringComparison.OrdinalIgnoreCase) == true);
}
