using System.Text.RegularExpressions;

namespace Pipeline.Versions;

/// <summary>The first line: <c>type(scope, scope)!: description</c>.</summary>
internal sealed partial record CommitHeader(string Type, IReadOnlyList<string> Scopes, bool IsBreaking, string Description)
{
    private const string NoHeader = "has no type and colon at its beginning";
    private const string Loss = ", so no release mentions it and no version rises by it";

    /// <summary>A line that is longer is no header that somebody tried to write.</summary>
    private const int LongestRepaired = 500;

    /// <summary>Reads it to the letter of the specification.</summary>
    /// <returns>the header, or what is wrong with it</returns>
    public static (CommitHeader? Header, HeaderFault? Fault) Read(string line)
    {
        var at = 0;
        while (at < line.Length && !EndsType(line[at]))
        {
            at++;
        }

        if (at == 0 || at == line.Length)
        {
            return Wrong(line, NoHeader);
        }

        var type = line[..at];
        string[] scopes = [];
        if (line[at] == '(')
        {
            var close = line.IndexOf(')', at);
            scopes = close < 0 ? [] : line[(at + 1)..close].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries);
            if (scopes.Length == 0 || scopes.Any(s => s.Contains('(', StringComparison.Ordinal)))
            {
                return Wrong(line, close < 0 ? "has a scope that does not end" : scopes.Length == 0 ? "has an empty scope" : "has parentheses in its scope");
            }

            at = close + 1;
        }

        var breaking = at < line.Length && line[at] == '!';
        at += breaking ? 1 : 0;
        if (at == line.Length || line[at] != ':')
        {
            return Wrong(line, at == line.Length ? "has no colon" : line[at] switch
            {
                '!' => "has more than one '!'",
                '(' when breaking => "has its '!' before the scope",
                '(' or ')' => "has a second pair of parentheses",
                _ when char.IsWhiteSpace(line[at]) && line.AsSpan(at).TrimStart() is [':' or '(' or '!', ..] => "has a space before its colon or scope",
                _ => NoHeader,
            });
        }

        var description = line[(at + 1)..].Trim();
        return description.Length == 0 ? Wrong(line, "has no description")
            : line[at + 1] != ' ' ? Wrong(line, "has no space after its colon")
            : (new CommitHeader(type, scopes, breaking, description), null);
    }

    private static bool EndsType(char c) => c is '(' or ')' or ':' or '!' || char.IsWhiteSpace(c);

    private static (CommitHeader?, HeaderFault?) Wrong(string line, string what)
    {
        var repaired = Repaired(line);
        return (null, new HeaderFault(what + Loss, what != NoHeader || repaired is not null, repaired));
    }

    private static string? Repaired(string line)
    {
        // Runs of white space would make the search slow.
        if (line.Length > LongestRepaired || Attempt().Match(string.Join(' ', line.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries))) is not { Success: true } attempt)
        {
            return null;
        }

        var scopes = string.Join(", ", attempt.Groups["scope"].Value.Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries));
        var breaking = attempt.Groups["bang"].Success ? "!" : "";
        var description = attempt.Groups["text"].Value.Trim() is { Length: > 0 } text ? text : "DESCRIPTION";
        return $"{attempt.Groups["type"].Value}{(scopes.Length > 0 ? $"({scopes})" : "")}{breaking}: {description}";
    }

    /// <summary>Spaces in wrong places, an emoji or its name in front, signs in another order.</summary>
    [GeneratedRegex(@"^(:[a-z0-9_+-]+:|[^\w\s(:!]+)?\s*(?<type>[A-Za-z][\w-]*)\s*(?<bang>!)?!*\s*(\((?<scope>[^()]*)\))?\s*(?<bang>!)?!*\s*:(?<text>.*)$")]
    private static partial Regex Attempt();
}

/// <summary>Why a line is no header.</summary>
/// <param name="Problem">half a sentence</param>
/// <param name="IsAttempt">somebody tried to write one</param>
/// <param name="Repaired">the header that was probably meant; <c>null</c>: nobody can tell</param>
internal sealed record HeaderFault(string Problem, bool IsAttempt, string? Repaired);
