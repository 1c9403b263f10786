using Pipeline.Outcomes;

namespace Pipeline.Checks;

/// <summary>What one kind of check found.</summary>
/// <param name="Name"><c>Lint</c>, <c>Test</c>, <c>Security</c></param>
/// <param name="Verdict">of all its parts together: one failed part fails it; one that is not evaluable makes it so</param>
/// <param name="Duration">wall time</param>
/// <param name="Parts">each with a verdict of its own, e.g. <c>secrets</c>, <c>package advisories</c></param>
public sealed record CheckResult(string Name, Verdict Verdict, TimeSpan Duration, IReadOnlyList<CheckPart> Parts);

/// <summary>One part of a check.</summary>
/// <param name="Summary">half a line: <c>84 tests, coverage 91.2 % (minimum 80 %)</c>; why, where it was not passed</param>
public sealed record CheckPart(string Name, Verdict Verdict, string Summary)
{
    /// <summary>Each mistake found, most important first.</summary>
    public IReadOnlyList<Finding> Findings { get; init; } = [];

    /// <summary>The key below <c>gates</c> that says what to do where it could not be measured; <c>null</c>: refuse.</summary>
    public string? Gate { get; init; }

    /// <summary>Tests counted, where the part runs tests.</summary>
    public TestCounts? Tests { get; init; }

    /// <summary>What was measured and what it had to be, where the part has a number: <c>91.2 %</c>.</summary>
    public Measured? Measured { get; init; }

    /// <summary>What was measured, where the part is a load.</summary>
    public Load.LoadFigures? Figures { get; init; }

    /// <summary>A page about it for people, relative to the root; <c>null</c>: there is none.</summary>
    public string? Report { get; init; }

    /// <summary>The tests that were skipped, each with its reason.</summary>
    public IReadOnlyList<SkippedTest> Skipped { get; init; } = [];

    /// <summary>Lines below its own, whatever its verdict: what makes up its number, what was left out.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];

    /// <summary>The tests that took longest, the longest first.</summary>
    public IReadOnlyList<SlowTest> Slowest { get; init; } = [];
}

/// <summary>One test and how long it took.</summary>
/// <param name="Name">its full name</param>
/// <param name="File">relative to the root, if known</param>
public sealed record SlowTest(string Name, TimeSpan Duration, string? File);

/// <summary>A number and its bound.</summary>
/// <param name="Value">never rounded up</param>
/// <param name="Threshold">as the configuration says</param>
public sealed record Measured(decimal Value, decimal Threshold);

/// <summary>One test that was left out.</summary>
/// <param name="Name">its full name</param>
/// <param name="Reason">as the test gave it</param>
public sealed record SkippedTest(string Name, string Reason);

/// <summary>How many tests ended how.</summary>
public sealed record TestCounts(int Passed, int Failed, int Skipped)
{
    /// <summary>Adds two suites' counts.</summary>
    public static TestCounts operator +(TestCounts left, TestCounts right) =>
        new(left.Passed + right.Passed, left.Failed + right.Failed, left.Skipped + right.Skipped);

    /// <summary>The same as <c>+</c>.</summary>
    public static TestCounts Add(TestCounts left, TestCounts right) => left + right;
}

/// <summary>One mistake.</summary>
/// <param name="Rule">the tool's name of it: <c>WHITESPACE</c>, <c>aws-access-key</c>, a test's full name</param>
/// <param name="Message">one sentence; holds no secret</param>
/// <param name="File">relative to the root, if known</param>
/// <param name="Line">from 1, if known</param>
/// <param name="Fix">what to type or do, if known</param>
public sealed record Finding(string Rule, string Message, string? File = null, int? Line = null, string? Fix = null);

/// <summary>What to check.</summary>
/// <param name="Services">names of the affected services</param>
/// <param name="WholeRepository"><c>--all</c>: every suite and project of the repository, whether or not it belongs to a service</param>
public sealed record CheckScope(IReadOnlyList<string> Services, bool WholeRepository)
{
    /// <summary>Commits that the environment runs: what came with them was checked before. Empty: none is known.</summary>
    public IReadOnlyList<string> Since { get; init; } = [];

    /// <summary>Service → hash of what it is built from, also of those that are not affected; one that is absent has no known hash.</summary>
    public IReadOnlyDictionary<string, string> Inputs { get; init; } = new Dictionary<string, string>();
}
