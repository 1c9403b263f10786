using Pipeline.Configuration;

namespace Pipeline.Versions;

/// <summary>Finds what a message says wrongly before it becomes a commit of the main line.</summary>
public static class MessageCheck
{
    /// <summary>Types that the preset of Conventional Commits knows; whoever writes another one may have mistyped it.</summary>
    private static readonly string[] Usual = ["build", "chore", "ci", "docs", "feat", "fix", "perf", "refactor", "revert", "style", "test"];

    /// <summary>Longer ones are not mistyped, and comparing them takes long.</summary>
    private const int LongestType = 30;

    /// <summary>Looks at a message that is not committed yet; one that would be dropped is an error.</summary>
    /// <param name="message">as git would keep it: without comments (<c>git stripspace --strip-comments</c>)</param>
    /// <param name="settings"><c>null</c>: the defaults</param>
    public static IReadOnlyList<MessageProblem> Of(string message, VersionSettings? settings = null)
    {
        var rules = settings ?? new VersionSettings();
        return [.. Strictly(ConventionalCommits.Parse(message, rules.Prefix), "", rules)];
    }

    /// <summary>What a message says wrongly that can still be written otherwise; one that is history can not, and must not stop every release after it.</summary>
    internal static IEnumerable<MessageProblem> Strictly(ParsedMessage parsed, string commit, VersionSettings settings) =>
        Of(parsed, commit, settings).Select(p => p with { IsError = p.IsError || parsed.Kind == MessageKind.Unreadable });

    /// <summary>What a commit's message says wrongly.</summary>
    internal static IReadOnlyList<MessageProblem> Of(ParsedMessage parsed, string commit, VersionSettings settings) =>
        // Most messages have none, and a history has many messages: nothing is made for those.
        (parsed.Problems, Unruled(parsed, settings)) switch
        {
            ([], null) => [],
            (var problems, null) => [.. problems.Select(p => p with { Commit = commit })],
            var (problems, unruled) => [.. problems.Append(unruled).Select(p => p with { Commit = commit })],
        };

    /// <summary>It has a type that no rule knows, and probably was to have another.</summary>
    private static MessageProblem? Unruled(ParsedMessage parsed, VersionSettings settings)
    {
        if (parsed.Message is not { Type: var type } || settings.Rules.ContainsKey(type.ToLowerInvariant()) || Usual.Contains(type, StringComparer.OrdinalIgnoreCase))
        {
            return null;
        }

        var nearest = type.Length > LongestType ? null : NearestName.Of(type, settings.Rules.Keys.Union(Usual));
        return new MessageProblem("", parsed.Subject, $"has the type '{type}', for which there is no rule, so no version rises by it",
            nearest is null ? $"write one of {string.Join(", ", settings.Rules.Keys.Union(Usual).Order(StringComparer.Ordinal))}; or give it a rule: versions.rules in pipeline.yml" : $"write '{nearest}' if that is meant; else give it a rule: versions.rules in pipeline.yml", false);
    }
}
