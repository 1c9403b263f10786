using Pipeline.Configuration;

namespace Pipeline.Checks.Suites;

/// <summary>Which tests of a suite run, by their markers (pytest) or categories (NUnit, MSTest, xUnit's trait <c>Category</c>).</summary>
/// <param name="Without">tests with one of these do not run</param>
/// <param name="Only">of the others, only those with it run; <c>null</c>: all</param>
internal sealed record Markers(IReadOnlyList<string> Without, string? Only)
{
    private const string Slow = "slow";

    /// <param name="slow">slow tests are wanted, whatever the suite says</param>
    public static Markers Of(SuiteSettings suite, EnvironmentSettings environment, bool slow)
    {
        var careful = suite.AgainstDeployment && environment.ReadOnlyTests;
        return new([.. careful ? ["destructive"] : Array.Empty<string>(), .. slow || suite.Slow ? Array.Empty<string>() : [Slow]], careful ? "readonly" : null);
    }

    /// <summary>For <c>dotnet test --filter</c>: the tests that run, and those that do not; <c>null</c>: all of them run.</summary>
    public (string Run, string LeftOut)? Filters => Without.Count == 0 && Only is null
        ? null
        : (string.Join('&', Without.Select(m => $"TestCategory!={m}&Category!={m}").Concat(Only is null ? [] : [$"(TestCategory={Only}|Category={Only})"])),
            string.Join('|', Without.Select(m => $"TestCategory={m}|Category={m}").Concat(Only is null ? [] : [$"(TestCategory!={Only}&Category!={Only})"])));

    /// <summary>Why a test is left out, where it is not known more exactly.</summary>
    public string Why => string.Join(" or ", Without.Concat(Only is null ? [] : [$"not {Only}"]));

    /// <summary>Some text may mark a test so that it does not run. A superset: to look is cheaper than to ask the tests.</summary>
    public bool MayApplyTo(IEnumerable<string> sources) =>
        Only is not null || (Without.Count > 0 && sources.Any(text => Without.Any(m => text.Contains(m, StringComparison.OrdinalIgnoreCase))));
}
