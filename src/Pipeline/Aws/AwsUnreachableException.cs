using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>No answer came: after a request that changes something its outcome is unknown until somebody looks.</summary>
/// <param name="message">a sentence: what was asked for, and of whom</param>
/// <param name="details">labelled lines below the message</param>
public sealed class AwsUnreachableException(string message, params IReadOnlyList<Detail> details) : PipelineException(ExitCode.Failed, message, details)
{
    /// <summary>The embedded cloud does not run: asking again helps nobody.</summary>
    public bool NobodyListens { get; init; }
}
