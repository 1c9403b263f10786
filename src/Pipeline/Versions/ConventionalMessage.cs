namespace Pipeline.Versions;

/// <summary>A commit's message as Conventional Commits 1.0.0 reads it.</summary>
/// <param name="Type">as written: <c>feat</c>; types compare case-insensitively</param>
/// <param name="Scopes">as written, split at commas; empty: none</param>
/// <param name="Description">the rest of the header, trimmed</param>
public sealed record ConventionalMessage(string Type, IReadOnlyList<string> Scopes, string Description)
{
    /// <summary>What stands between header and footers; empty: nothing.</summary>
    public string Body { get; init; } = "";

    /// <summary>In the order written, breaking changes among them.</summary>
    public IReadOnlyList<MessageFooter> Footers { get; init; } = [];

    /// <summary>What breaks, a text for each; of a lone <c>!</c> the description. Empty: nothing breaks.</summary>
    public IReadOnlyList<string> Breaking { get; init; } = [];
}

/// <summary>A footer: <c>Refs: #123</c>.</summary>
/// <param name="Token">as written, without the separator</param>
/// <param name="Value">trimmed; may have several lines</param>
public sealed record MessageFooter(string Token, string Value);
