using System.Text.RegularExpressions;

namespace Pipeline.Versions;

/// <summary>Which commits a revert's message takes back, by their hashes.</summary>
internal static partial class Reverts
{
    private const string Revert = "Revert \"";
    private const string Reapply = "Reapply \"";

    /// <summary>A header as git writes it for a revert, or for the revert of a revert.</summary>
    /// <returns>the header that it speaks of, and whether that is taken back in the end; <c>null</c>: it is no such header</returns>
    public static (string Of, bool TakenBack)? Unwrap(ReadOnlySpan<char> header)
    {
        var (from, to, back) = (0, header.Length, false);
        while (header[from..to] is [.., '"'] inner)
        {
            var word = inner.StartsWith(Revert) ? Revert : inner.StartsWith(Reapply) ? Reapply : "";
            if (word.Length == 0 || inner.Length <= word.Length)
            {
                break;
            }

            (from, to, back) = (from + word.Length, to - 1, back ^ (word == Revert));
        }

        return from == 0 ? null : (header[from..to].ToString(), back);
    }

    /// <summary>The commits that are named.</summary>
    /// <param name="text">what follows the header</param>
    public static IReadOnlyList<RevertedCommit> Named(string text, IEnumerable<MessageFooter> footers)
    {
        var named = Sentence().Matches(text).SelectMany(m => m.Groups["hash"].Captures.Select(c => new RevertedCommit(Hash(c.Value), m.Groups["mainline"] is { Success: true } to ? Hash(to.Value) : null)));
        var referred = footers.Where(f => f.Token.Equals("Refs", StringComparison.OrdinalIgnoreCase)).SelectMany(f => Hashes().Matches(f.Value)).Select(m => new RevertedCommit(Hash(m.Value)));
        return [.. named.Concat(referred).DistinctBy(r => r.Hash)];
    }

    private static string Hash(string text) => text.ToLowerInvariant();

    [GeneratedRegex(@"\breverts\s+commits?\s+(?<hash>[0-9a-f]{7,64})\b((\s*,\s*and\s+|\s*,\s*|\s+and\s+)(?<hash>[0-9a-f]{7,64})\b)*(,\s*reversing\s+changes\s+made\s+to\s+(?<mainline>[0-9a-f]{7,64})\b)?", RegexOptions.IgnoreCase)]
    private static partial Regex Sentence();

    [GeneratedRegex(@"(?<![\w#-])[0-9a-f]{7,64}(?!\w)", RegexOptions.IgnoreCase)]
    private static partial Regex Hashes();
}
