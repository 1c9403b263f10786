using System.Buffers;
using System.Globalization;
using System.Text.RegularExpressions;

namespace Pipeline.Versions;

/// <summary>
/// Reads commit messages by Conventional Commits 1.0.0, for the lint, for versions and for the changelog alike. To the letter, except where that
/// would lose a breaking change without a word: such a message counts, and there is a problem that says what is wrong with it.
/// </summary>
public static partial class ConventionalCommits
{
    private static readonly SearchValues<char> Blank = SearchValues.Create(" \t\n\r\f\v\u0085\u00a0\u2028\u2029\u3000\uFEFF");

    /// <summary>Reads a message; whatever it holds, this does not fail.</summary>
    /// <param name="message">as git keeps it: without comments</param>
    /// <param name="prefix">what the host writes before it, <c>{number}</c> for a pull request's: <c>Merged PR {number}: </c>; <c>null</c>: nothing</param>
    public static ParsedMessage Parse(string message, string? prefix = null) => Parse(message, prefix, withBody: true);

    /// <summary>Reads a message of which nothing is kept but what it answers.</summary>
    /// <param name="withBody">whether anybody will read the body; in a large history it would be most of what is kept</param>
    internal static ParsedMessage Parse(ReadOnlySpan<char> message, string? prefix, bool withBody)
    {
        var text = message.Contains('\r') ? message.ToString().Replace("\r\n", "\n", StringComparison.Ordinal) : message;
        var subject = Subject(text, out var rest);
        if (subject.Length == 0)
        {
            return Unreadable("", "has no text, so no release mentions it", "write what changed: fix: DESCRIPTION", isError: false);
        }

        var (header, number) = CommitPrefix.Strip(subject, prefix);
        if (Merge().IsMatch(header))
        {
            return new ParsedMessage(MessageKind.Merge, subject);
        }

        if (Unfinished().Match(header) is { Success: true } mark)
        {
            return Unreadable(subject, $"is a {mark.Groups["what"].Value} commit, which belongs into another commit, so no release mentions it", "git rebase --interactive --autosquash, with the commit that it mends", isError: true);
        }

        number ??= PullRequest(header);
        var (read, isRevert, fault) = Header(header);
        if (read is null)
        {
            return Unreadable(subject, fault!.Problem, Fix(header, fault), fault.IsAttempt || MergedByHost().IsMatch(header));
        }

        var body = MessageBody.Read(rest, withBody);
        return Change(subject, read, body, isRevert ? Reverts.Named(rest.ToString(), body.Footers) : null, number);
    }

    /// <param name="reverts">the commits that it takes back; <c>null</c>: it is no revert</param>
    private static ParsedMessage Change(string subject, CommitHeader header, MessageBody body, IReadOnlyList<RevertedCommit>? reverts, int? number)
    {
        var message = new ConventionalMessage(header.Type, header.Scopes, header.Description)
        {
            Body = body.Text,
            Footers = body.Footers,
            Breaking = body.Breaking.Count > 0 ? [.. body.Breaking.Select(b => b.Length > 0 ? b : header.Description)] : header.IsBreaking ? [header.Description] : [],
        };
        if (Is(header.Type, "chore") && header.Scopes is [var scope] && Is(scope, "release") && message.Breaking.Count == 0)
        {
            return new ParsedMessage(MessageKind.Release, subject);
        }

        IReadOnlyList<(string Problem, string Fix)> doubts = reverts is []
            ? [.. body.Doubts, ("takes something back and names no commit, so what it takes back counts as well", "add the line: This reverts commit HASH.")]
            : body.Doubts;
        return new ParsedMessage(MessageKind.Change, subject, message)
        {
            PullRequest = number,
            Reverts = reverts ?? [],
            Problems = doubts.Count == 0 ? [] : [.. doubts.Select(d => new MessageProblem("", subject, d.Problem, d.Fix, false))],
        };
    }

    /// <summary>Where git wrote the header of a revert, what it speaks of is in quotes.</summary>
    private static (CommitHeader? Header, bool IsRevert, HeaderFault? Fault) Header(string line)
    {
        if (Reverts.Unwrap(WithoutPullRequest(line)) is not { } revert)
        {
            var (header, fault) = CommitHeader.Read(line);
            return (header, header is not null && Is(header.Type, "revert"), fault);
        }

        // What is there again is what it was before; what is gone is a revert, whatever it was.
        var again = revert.TakenBack ? null : CommitHeader.Read(revert.Of).Header;
        return (again ?? new CommitHeader("revert", [], false, revert.Of), true, null);
    }

    /// <summary>The first line that is not blank, and what follows it.</summary>
    private static string Subject(ReadOnlySpan<char> text, out ReadOnlySpan<char> following)
    {
        var first = text.IndexOfAnyExcept(Blank);
        if (first < 0)
        {
            following = [];
            return "";
        }

        var start = text[..first].LastIndexOf('\n') + 1;
        var rest = text[first..].IndexOf('\n');
        var end = rest < 0 ? text.Length : first + rest;
        following = rest < 0 ? [] : text[(end + 1)..];
        return text[start..end].TrimStart('\uFEFF').TrimEnd().ToString();
    }

    private static ParsedMessage Unreadable(string subject, string problem, string fix, bool isError) =>
        new(MessageKind.Unreadable, subject) { Problems = [new MessageProblem("", subject, problem, fix, isError)] };

    private static string Fix(string header, HeaderFault fault) =>
        MergedByHost().Match(header) is { Success: true } host ? $"if your host writes '{host.Groups["prefix"].Value}NUMBER: ' before messages: versions.prefix: \"{host.Groups["prefix"].Value}{CommitPrefix.Number}: \" in pipeline.yml"
        : fault.Repaired is { } repaired ? $"write: {repaired}"
        : fault.IsAttempt ? "write: TYPE(SCOPE): DESCRIPTION"
        : $"write its type first: fix: {header}";

    /// <summary><c> (#42)</c> at its end.</summary>
    private static int? PullRequest(string header) =>
        NumberAt(header) is var at && at >= 0 && int.TryParse(header.AsSpan(at + 2)[..^1], NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null;

    private static ReadOnlySpan<char> WithoutPullRequest(string header) => NumberAt(header) is var at && at >= 0 ? header.AsSpan(0, at).TrimEnd() : header;

    private static int NumberAt(string header) => header.EndsWith(')') && header.LastIndexOf("(#", StringComparison.Ordinal) is var at && at >= 0 && header.AsSpan(at + 2)[..^1] is { IsEmpty: false } digits && !digits.ContainsAnyExceptInRange('0', '9') ? at : -1;

    private static bool Is(string written, string word) => written.Equals(word, StringComparison.OrdinalIgnoreCase);

    [GeneratedRegex(@"^(Merge (pull request #?\d|(remote-tracking )?branch(es)? '|commit '|tag '|.* into .)|Merged in .* \(pull request #\d+\)$|Automatic merge|Auto-merged .* into )")]
    private static partial Regex Merge();

    [GeneratedRegex("^(?<what>fixup|squash|amend)! ")]
    private static partial Regex Unfinished();

    [GeneratedRegex(@"^(?<prefix>[A-Z][\w ]*[ #!])\d+: ")]
    private static partial Regex MergedByHost();
}
