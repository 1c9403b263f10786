namespace Pipeline.Outcomes;

/// <summary>
/// An expected ending: a sentence for the user, no stack trace. Anything else that is thrown is a fault of ours.
/// </summary>
/// <param name="exitCode">what the process ends with</param>
/// <param name="message">what, and which one</param>
/// <param name="details">labelled lines below it, in order: <c>why</c>, the environment's name (its state now), <c>next</c> (the command to type)</param>
public class PipelineException(ExitCode exitCode, string message, params IReadOnlyList<Detail> details) : Exception(message)
{
    /// <summary>What the process ends with.</summary>
    public ExitCode ExitCode { get; } = exitCode;

    /// <summary>Labelled lines below the message, in the order they are shown.</summary>
    public IReadOnlyList<Detail> Details { get; } = details;
}

/// <summary>One labelled line of an explanation.</summary>
/// <param name="Label">a word: <c>why</c>, <c>staging</c>, <c>log</c>, <c>next</c></param>
/// <param name="Text">one or more lines</param>
public sealed record Detail(string Label, string Text);

/// <summary>Wrong usage or configuration (exit code 2); the message holds every mistake, one a line.</summary>
public sealed class UsageException(string message, params IReadOnlyList<Detail> details) : PipelineException(ExitCode.Usage, message, details);
