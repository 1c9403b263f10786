using System.Buffers;
using System.Collections.Concurrent;
using System.Text;
using System.Text.RegularExpressions;
using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>One secret in a text.</summary>
/// <param name="Line">from 1</param>
/// <param name="Value">shown to nobody</param>
/// <param name="Allowed">a comment on its line says why it is none</param>
internal sealed record FoundSecret(SecretRule Rule, int Line, string Value, bool Allowed)
{
    /// <summary>What it is, with no more of it than tells which one is meant.</summary>
    public string Shown => $"{Rule.What}: {Value[..Math.Min(4, Value.Length / 3)]}… ({Value.Length} characters)";
}

/// <summary>Looks for committed secrets in the files that git tracks, as they are in the work tree.</summary>
internal static partial class SecretScan
{
    private const int LargestFile = 16 * 1024 * 1024;
    private const string Allow = "pipeline:allow-secret";
    private static readonly SearchValues<string> AnyKeyword =
        SearchValues.Create([.. SecretRules.All.SelectMany(r => r.Keywords).Distinct(StringComparer.OrdinalIgnoreCase)], StringComparison.OrdinalIgnoreCase);

    public const string Name = "secrets";

    public static Task<CheckPart> Run(string root, CancellationToken cancel) => Run(root, [], cancel);

    /// <param name="seen">gets every secret that stands in the work tree, allowed or not</param>
    public static async Task<CheckPart> Run(string root, ConcurrentBag<string> seen, CancellationToken cancel)
    {
        var (listed, problem) = await RepositoryFiles.List(root, cancel).ConfigureAwait(false);
        if (listed is null)
        {
            return new CheckPart(Name, Verdict.NotEvaluable, problem);
        }

        var files = listed.Paths;
        var findings = new ConcurrentBag<Finding>();
        var unreadable = new ConcurrentBag<string>();
        var unread = 0;
        await Parallel.ForEachAsync(files, cancel, async (file, token) =>
        {
            try
            {
                if (await Read(Path.Combine(root, file), token).ConfigureAwait(false) is not { } text)
                {
                    Interlocked.Increment(ref unread);
                    return;
                }

                foreach (var secret in Find(file, text))
                {
                    seen.Add(secret.Value);
                    if (!secret.Allowed)
                    {
                        findings.Add(ToFinding(secret, file));
                    }
                }
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException)
            {
                unreadable.Add(file);
            }
        }).ConfigureAwait(false);
        return Judge(files.Count - unread, unread, [.. findings.OrderBy(f => f.File, StringComparer.Ordinal).ThenBy(f => f.Line)], unreadable);
    }

    /// <summary>The secrets in one file's text that no comment allows, at most one a line.</summary>
    public static IEnumerable<Finding> Scan(string file, string text) => Find(file, text).Where(s => !s.Allowed).Select(s => ToFinding(s, file));

    /// <summary>The same with those that are allowed.</summary>
    public static IEnumerable<FoundSecret> Find(string file, string text)
    {
        if (text.AsSpan().IndexOfAny(AnyKeyword) < 0)
        {
            yield break;
        }

        var lines = new HashSet<int>();
        foreach (var rule in SecretRules.All.Where(r => r.AppliesTo(file) && r.Keywords.Any(k => text.Contains(k, StringComparison.OrdinalIgnoreCase))))
        {
            foreach (Match match in rule.Pattern.Matches(text))
            {
                var secret = match.Groups["secret"];
                if (IsHarmless(secret.Value) || (rule.Random && !LooksRandom(secret.Value)))
                {
                    continue;
                }

                var line = text.AsSpan(0, match.Index).Count('\n') + 1;
                var allowed = IsAllowed(text, match);
                if (allowed || lines.Add(line))
                {
                    yield return new FoundSecret(rule, line, secret.Value, allowed);
                }
            }
        }
    }

    private static Finding ToFinding(FoundSecret secret, string file) => new(
        secret.Rule.Name,
        secret.Shown,
        file,
        secret.Line,
        $"revoke it and make a new one (it stays in the history), and read it from the environment or a secret store; if it is none, add a comment '{Allow} <reason>' to the line");

    private static CheckPart Judge(int files, int unread, IReadOnlyList<Finding> findings, ConcurrentBag<string> unreadable) =>
        findings.Count > 0 ? new CheckPart(Name, Verdict.Failed, $"secrets {findings.Count}") { Findings = findings }
        : !unreadable.IsEmpty ? new CheckPart(Name, Verdict.NotEvaluable, $"{unreadable.Count} tracked files cannot be read, first '{unreadable.Min()}'")
        : new CheckPart(Name, Verdict.Passed, $"secrets 0 in {files} files{(unread > 0 ? $" ({unread} binary, linked or larger than 16 MiB: not read)" : "")}");

    /// <returns><c>null</c> for what is no text, too large or a link; empty for what is deleted</returns>
    private static async Task<string?> Read(string path, CancellationToken cancel)
    {
        var info = new FileInfo(path);
        if (info.LinkTarget is not null || (info.Exists && info.Length > LargestFile))
        {
            return null;
        }

        if (!info.Exists)
        {
            // A path that is no UTF-8 came from git with marks in it, and .NET cannot open it.
            return path.Contains('\ufffd', StringComparison.Ordinal) ? throw new IOException(path) : "";
        }

        var bytes = await File.ReadAllBytesAsync(path, cancel).ConfigureAwait(false);
        if (bytes is [0xff, 0xfe, ..] or [0xfe, 0xff, ..])
        {
            return (bytes[0] == 0xff ? Encoding.Unicode : Encoding.BigEndianUnicode).GetString(bytes.AsSpan(2));
        }

        return bytes.AsSpan(0, Math.Min(bytes.Length, 8000)).Contains((byte)0) ? null : Encoding.UTF8.GetString(bytes);
    }

    private static bool IsAllowed(string text, Match match)
    {
        var from = text.LastIndexOf('\n', Math.Max(0, match.Index - 1)) + 1;
        var to = text.IndexOf('\n', match.Index);
        var line = text[Math.Min(from, match.Index)..(to < 0 ? text.Length : to)];
        return AllowWithReason().IsMatch(line);
    }

    /// <summary>Placeholders, references to where the secret really is, and keys that vendors print in their documentation.</summary>
    private static bool IsHarmless(string value) => Placeholder().IsMatch(value) || value.Distinct().Count() <= 2;

    /// <summary>Letters and digits mixed without words: at least 3 bits a character, and more than one kind of character.</summary>
    private static bool LooksRandom(string value)
    {
        if (value.Contains(' ', StringComparison.Ordinal))
        {
            return false;
        }

        var kinds = (value.Any(char.IsAsciiDigit) ? 1 : 0) + (value.Any(char.IsAsciiLetterLower) ? 1 : 0) + (value.Any(char.IsAsciiLetterUpper) ? 1 : 0)
            + (value.Any(c => !char.IsAsciiLetterOrDigit(c)) ? 1 : 0);
        var entropy = -value.GroupBy(c => c).Select(g => (double)g.Count() / value.Length).Sum(p => p * Math.Log2(p));
        return kinds >= 2 && value.Any(char.IsAsciiDigit) && entropy >= (value.Length >= 20 ? 3.2 : 2.75);
    }

    [GeneratedRegex(Allow + @"\s+\S")]
    private static partial Regex AllowWithReason();

    [GeneratedRegex(@"(?i)EXAMPLE|placeholder|change[-_ ]?me|your[-_ ]|dummy|redacted|not[-_ ]?a[-_ ]?(real|secret)|^\*+|^x{4,}|^<.*>$|\$\{|\{\{|\$\(|^\$|^%|^\{|\{[a-z0-9_.]+\}|resolve:|^arn:|^https?://|^(?:process\.)?env[.\[]|^/[a-z]|\\u[0-9a-f]{4}|^test$|^password$|^secret$")]
    private static partial Regex Placeholder();
}
