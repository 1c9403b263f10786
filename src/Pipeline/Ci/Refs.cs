namespace Pipeline.Ci;

/// <summary>Git's long names of branches and tags.</summary>
internal static class Refs
{
    private const string Heads = "refs/heads/";
    private const string Tags = "refs/tags/";

    /// <summary>The branch's own name; <c>null</c>: it is no branch.</summary>
    public static string? Branch(string? reference) => reference?.StartsWith(Heads, StringComparison.Ordinal) == true ? reference[Heads.Length..] : null;

    public static bool IsTag(string? reference) => reference?.StartsWith(Tags, StringComparison.Ordinal) == true;
}
