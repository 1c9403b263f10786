using System.Globalization;

namespace Pipeline.Versions;

/// <summary>What a host writes before the messages of what it merges: <c>Merged PR {number}: </c>.</summary>
internal static class CommitPrefix
{
    /// <summary>Stands for the number of a pull request.</summary>
    public const string Number = "{number}";

    /// <summary>Takes the prefix off a header.</summary>
    /// <returns>the rest and the number; the header as it is where it has no such prefix</returns>
    public static (string Header, int? Number) Strip(string header, string? prefix)
    {
        if (prefix is null)
        {
            return (header, null);
        }

        var at = prefix.IndexOf(Number, StringComparison.Ordinal);
        var (before, after) = at < 0 ? (prefix, "") : (prefix[..at], prefix[(at + Number.Length)..]);
        if (!header.StartsWith(before, StringComparison.Ordinal))
        {
            return (header, null);
        }

        var digits = at < 0 ? 0 : header.AsSpan(before.Length).IndexOfAnyExceptInRange('0', '9');
        var rest = before.Length + digits;
        return digits < 0 || (at >= 0 && digits == 0) || !header.AsSpan(rest).StartsWith(after)
            ? (header, null)
            : (header[(rest + after.Length)..], int.TryParse(header.AsSpan(before.Length, digits), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : null);
    }
}
