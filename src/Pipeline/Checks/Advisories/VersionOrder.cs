using NuGet.Versioning;

namespace Pipeline.Checks.Advisories;

/// <summary>How an ecosystem orders its versions.</summary>
internal static class VersionOrder
{
    private const int Longest = 256;

    /// <returns>below, at or above zero; <c>null</c>: one of them is no version of this ecosystem</returns>
    public static int? Compare(Ecosystem ecosystem, string left, string right) => left.Length > Longest || right.Length > Longest ? null : ecosystem switch
    {
        Ecosystem.NuGet => Compare(NuGetVersion.TryParse(left, out var a) ? a : null, NuGetVersion.TryParse(right, out var b) ? b : null),
        Ecosystem.PyPI => Compare(PythonVersion.Parse(left), PythonVersion.Parse(right)),
        _ => Compare(SemanticVersion.Parse(left), SemanticVersion.Parse(right)),
    };

    /// <summary>
    /// The same for an installed version and the bound of a range. A local version (<c>2.0.0+cu118</c>) is a build of its public one, with the
    /// same mistakes in it: it counts as that, unless the bound names a local version itself.
    /// </summary>
    public static int? CompareToBound(Ecosystem ecosystem, string installed, string bound) =>
        Compare(ecosystem, ecosystem == Ecosystem.PyPI && !bound.Contains('+', StringComparison.Ordinal) ? installed.Split('+')[0] : installed, bound);

    public static bool Same(Ecosystem ecosystem, string left, string right) => left == right || Compare(ecosystem, left, right) == 0;

    private static int? Compare<T>(T? left, T? right)
        where T : class, IComparable<T> => left is null || right is null ? null : left.CompareTo(right);
}
