using System.Text;

namespace Pipeline.Changes;

/// <summary>
/// A pattern over paths: <c>**</c> any folders, <c>*</c> any characters but <c>/</c>, <c>?</c> one of them; a <c>/</c> at the end means everything below.
/// Works on UTF-8 bytes, as git lists paths.
/// </summary>
public sealed class Glob
{
    private readonly byte[] pattern;
    private readonly byte[]? suffix;

    /// <summary>Prepares a pattern.</summary>
    /// <param name="text">as written in <c>pipeline.yml</c></param>
    public Glob(string text)
    {
        Text = text;
        pattern = Encoding.UTF8.GetBytes(text.EndsWith('/') ? text + "**" : text);
        var wild = text.AsSpan().IndexOfAny('*', '?');
        LiteralPrefix = wild < 0 ? text : text[..wild];
        // "**/*.md": the most frequent form needs no search.
        suffix = pattern.AsSpan().StartsWith("**/*."u8) && !pattern.AsSpan(4).ContainsAny((byte)'*', (byte)'?', (byte)'/') ? pattern[4..] : null;
    }

    /// <summary>As written.</summary>
    public string Text { get; }

    /// <summary>What every match begins with.</summary>
    public string LiteralPrefix { get; }

    /// <summary>Whether it begins with <c>**/</c>, so that it holds in any folder.</summary>
    public bool HoldsAnywhere => Text.StartsWith("**/", StringComparison.Ordinal);

    /// <summary>Whether a path matches.</summary>
    public bool Matches(string path) => Matches(Encoding.UTF8.GetBytes(path));

    /// <summary>Whether a path in UTF-8 matches.</summary>
    public bool Matches(ReadOnlySpan<byte> path) => suffix is not null ? path.EndsWith(suffix) : Matches(pattern, path);

    private static bool Matches(ReadOnlySpan<byte> pattern, ReadOnlySpan<byte> path)
    {
        while (true)
        {
            if (pattern.IsEmpty)
            {
                return path.IsEmpty;
            }

            if (pattern.StartsWith("**"u8))
            {
                return MatchesFolders(pattern[2..], path);
            }

            if (pattern[0] == '*')
            {
                return MatchesPart(pattern[1..], path);
            }

            if (path.IsEmpty || (pattern[0] == '?' ? path[0] == '/' : path[0] != pattern[0]))
            {
                return false;
            }

            // One character may be several bytes: the following ones begin with the bits 10.
            var length = 1;
            while (pattern[0] == '?' && length < path.Length && (path[length] & 0xC0) == 0x80)
            {
                length++;
            }

            pattern = pattern[1..];
            path = path[length..];
        }
    }

    private static bool MatchesFolders(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> path)
    {
        if (rest.IsEmpty)
        {
            return true;
        }

        // "**/" also stands for no folder at all.
        var after = rest[0] == '/' ? rest[1..] : rest;
        for (var at = 0; ;)
        {
            if (Matches(after, path[at..]))
            {
                return true;
            }

            var slash = path[at..].IndexOf((byte)'/');
            if (slash < 0)
            {
                return false;
            }

            at += slash + 1;
        }
    }

    private static bool MatchesPart(ReadOnlySpan<byte> rest, ReadOnlySpan<byte> path)
    {
        for (var at = 0; at <= path.Length; at++)
        {
            if (Matches(rest, path[at..]))
            {
                return true;
            }

            if (at < path.Length && path[at] == '/')
            {
                return false;
            }
        }

        return false;
    }
}
