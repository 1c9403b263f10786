using Pipeline.Configuration;
using Pipeline.Processes;

namespace Pipeline.Checks.Suites;

/// <summary>One run of a suite.</summary>
/// <param name="Folder">absolute; what the tool leaves behind goes there; empty when the run starts</param>
/// <param name="Markers">which of its tests run</param>
/// <param name="Covers">the services whose code it tests</param>
internal sealed record SuiteRun(SuiteSettings Suite, string Folder, Markers Markers, IReadOnlyList<ServiceSettings> Covers)
{
    /// <summary>Its project is built already.</summary>
    public bool IsBuilt { get; init; }

    /// <summary>Where its Cobertura report goes.</summary>
    public required string Coverage { get; init; }
}

/// <summary>What is to be typed for a run, or why nothing can be.</summary>
/// <param name="Command">without a budget</param>
/// <param name="Missing">half a sentence with the install command; nothing can be run</param>
internal sealed record SuiteCommand(Command? Command, string? Missing = null)
{
    /// <summary>The run goes on, but its coverage is not measured: half a sentence with the install command.</summary>
    public string? Uncovered { get; init; }
}

/// <summary>What a run left behind.</summary>
/// <param name="Report"><c>null</c>: nothing that can be read</param>
internal sealed record SuiteReading(TestReport? Report)
{
    /// <summary>What kept the tests from being found: they do not compile, or cannot be imported.</summary>
    public IReadOnlyList<Finding> Errors { get; init; } = [];

    /// <summary>Tests that were begun and had not ended.</summary>
    public IReadOnlyList<string> Unfinished { get; init; } = [];

    /// <summary>Tests that were left out by their markers.</summary>
    public IReadOnlyList<SkippedTest> LeftOut { get; init; } = [];

    /// <summary>What the tool's exit code says beyond its report; <c>null</c>: nothing.</summary>
    public string? Problem { get; init; }
}

/// <summary>A program that runs tests.</summary>
internal interface ISuiteTool
{
    Task<SuiteCommand> Command(SuiteRun run, CancellationToken cancel);

    Task<SuiteReading> Read(SuiteRun run, CommandResult result, CancellationToken cancel);
}
