using System.Numerics;
using System.Text.RegularExpressions;

namespace Pipeline.Checks.Advisories;

/// <summary>A version after semver.org 2.0.0, as npm orders them. Build metadata says nothing about the order; <c>1.2</c> counts as <c>1.2.0</c>.</summary>
internal sealed partial record SemanticVersion(IReadOnlyList<BigInteger> Numbers, IReadOnlyList<string> Pre) : IComparable<SemanticVersion>
{
    public static SemanticVersion? Parse(string text)
    {
        var match = Pattern().Match(text.Trim());
        return !match.Success ? null : new(
            [.. match.Groups["n"].Captures.Select(c => Exact.Number(c.Value)), .. Enumerable.Repeat(BigInteger.Zero, 3 - match.Groups["n"].Captures.Count)],
            match.Groups["pre"].Success ? match.Groups["pre"].Value.Split('.') : []);
    }

    public int CompareTo(SemanticVersion? other) => other is null ? 1
        : Exact.Compare(Numbers, other.Numbers) is not 0 and var order ? order
        : (Pre.Count, other.Pre.Count) switch
        {
            (0, 0) => 0,
            (0, _) => 1,
            (_, 0) => -1,
            _ => Exact.Compare(Pre, other.Pre, Compare),
        };

    /// <summary>Numbers by value, before texts, which go by their characters.</summary>
    private static int Compare(string left, string right) => (Exact.IsNumber(left), Exact.IsNumber(right)) switch
    {
        (true, true) => Exact.Number(left).CompareTo(Exact.Number(right)),
        (true, false) => -1,
        (false, true) => 1,
        _ => string.CompareOrdinal(left, right),
    };

    [GeneratedRegex(@"^[v=]?(?<n>[0-9]+)(\.(?<n>[0-9]+)){0,2}(-(?<pre>[0-9A-Za-z-]+(\.[0-9A-Za-z-]+)*))?(\+[0-9A-Za-z.-]+)?\z")]
    private static partial Regex Pattern();
}

/// <summary>Numbers of any length, and lists of parts.</summary>
internal static class Exact
{
    public static BigInteger Number(string digits) => BigInteger.Parse(digits, System.Globalization.NumberStyles.None, System.Globalization.CultureInfo.InvariantCulture);

    public static bool IsNumber(string text) => text.Length > 0 && text.All(char.IsAsciiDigit);

    public static int Compare(IReadOnlyList<BigInteger> left, IReadOnlyList<BigInteger> right) => Compare(left, right, (a, b) => a.CompareTo(b));

    /// <summary>Part by part; of two lists that begin alike the shorter one is smaller.</summary>
    public static int Compare<T>(IReadOnlyList<T> left, IReadOnlyList<T> right, Func<T, T, int> compare)
    {
        for (var i = 0; i < Math.Min(left.Count, right.Count); i++)
        {
            if (compare(left[i], right[i]) is not 0 and var order)
            {
                return order;
            }
        }

        return left.Count.CompareTo(right.Count);
    }
}
