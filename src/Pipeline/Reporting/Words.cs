namespace Pipeline.Reporting;

/// <summary>Counts and digests as people read them.</summary>
public static class Words
{
    private const int DigestLength = 19;

    /// <summary><c>1 task</c>, <c>2 tasks</c>.</summary>
    public static string Count(int count, string noun) => count == 1 ? $"1 {noun}" : $"{count} {noun}s";

    /// <summary>The command that deploys to an environment.</summary>
    public static string Deploy(string environment) => $"./build.sh --target=Deploy{char.ToUpperInvariant(environment[0])}{environment[1..]}";

    /// <summary>An image digest, shortened: <c>sha256:4ff99de94617…</c>.</summary>
    public static string Digest(string? digest) => digest switch
    {
        null => "an unknown image",
        { Length: > DigestLength } => $"{digest[..DigestLength]}…",
        _ => digest,
    };
}
