using System.Numerics;
using System.Text.RegularExpressions;

namespace Pipeline.Checks.Advisories;

/// <summary>A version after PEP 440: epoch, release, pre-, post- and development release, local version.</summary>
internal sealed partial class PythonVersion : IComparable<PythonVersion>
{
    private const int Development = -1;
    private const int Final = 3;
    private readonly BigInteger _epoch;
    private readonly IReadOnlyList<BigInteger> _release;
    private readonly int _stage;
    private readonly BigInteger _pre;
    private readonly BigInteger? _post;
    private readonly BigInteger? _dev;
    private readonly IReadOnlyList<string> _local;

    private PythonVersion(Match match)
    {
        _epoch = Number(match.Groups["epoch"]);
        _release = [.. match.Groups["release"].Value.Split('.').Select(Exact.Number).Reverse().SkipWhile(n => n.IsZero).Reverse()];
        _pre = Number(match.Groups["pre_n"]);
        _post = match.Groups["post"].Success ? Number(match.Groups["post_n"]) : null;
        _dev = match.Groups["dev"].Success ? Number(match.Groups["dev_n"]) : null;
        _local = match.Groups["local"].Success ? match.Groups["local"].Value.Split('.', '-', '_') : [];
        _stage = match.Groups["pre_l"].Value switch
        {
            "a" or "alpha" => 0,
            "b" or "beta" => 1,
            { Length: > 0 } => 2,
            // 1.0.dev1 comes before 1.0a1; 1.0.post1.dev1 does not.
            _ => _dev is not null && _post is null ? Development : Final,
        };
    }

    public static PythonVersion? Parse(string text) => Pattern().Match(text.Trim().ToLowerInvariant()) is { Success: true } match ? new(match) : null;

    public int CompareTo(PythonVersion? other) => other is null ? 1
        : _epoch.CompareTo(other._epoch) is not 0 and var epoch ? epoch
        : Exact.Compare(_release, other._release) is not 0 and var release ? release
        : (_stage, _pre).CompareTo((other._stage, other._pre)) is not 0 and var pre ? pre
        : (_post ?? BigInteger.MinusOne).CompareTo(other._post ?? BigInteger.MinusOne) is not 0 and var post ? post
        : (_dev is null, _dev ?? BigInteger.Zero).CompareTo((other._dev is null, other._dev ?? BigInteger.Zero)) is not 0 and var dev ? dev
        : Exact.Compare(_local, other._local, CompareLocal);

    /// <summary>Other than in pre-releases of semantic versions, numbers come after texts.</summary>
    private static int CompareLocal(string left, string right) => (Exact.IsNumber(left), Exact.IsNumber(right)) switch
    {
        (true, true) => Exact.Number(left).CompareTo(Exact.Number(right)),
        (true, false) => 1,
        (false, true) => -1,
        _ => string.CompareOrdinal(left, right),
    };

    private static BigInteger Number(Group group) => group.Success && group.Length > 0 ? Exact.Number(group.Value) : BigInteger.Zero;

    [GeneratedRegex("""
        ^v?
        ((?<epoch>[0-9]+)!)?
        (?<release>[0-9]+(\.[0-9]+)*)
        ([-_.]?(?<pre_l>alpha|a|beta|b|preview|pre|c|rc)[-_.]?(?<pre_n>[0-9]+)?)?
        (?<post>-(?<post_n>[0-9]+)|[-_.]?(post|rev|r)[-_.]?(?<post_n>[0-9]+)?)?
        (?<dev>[-_.]?dev[-_.]?(?<dev_n>[0-9]+)?)?
        (\+(?<local>[a-z0-9]+([-_.][a-z0-9]+)*))?\z
        """, RegexOptions.IgnorePatternWhitespace)]
    private static partial Regex Pattern();
}
