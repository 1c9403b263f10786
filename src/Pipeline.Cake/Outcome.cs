using Cake.Core;
using Pipeline.Outcomes;

namespace Pipeline.Cake;

/// <summary>How a run ended, kept while Cake reduces every failure to one exit code.</summary>
public sealed class Outcome
{
    /// <summary>The failure that ended the run, <c>null</c> when there is none.</summary>
    public Exception? Failure { get; private set; }

    /// <summary>What a run without a failure ends with.</summary>
    public ExitCode Success { get; private set; } = ExitCode.Done;

    /// <summary>Lets a run without a failure end with something other than <see cref="ExitCode.Done"/>: only <c>Plan</c> does.</summary>
    public void SucceedWith(ExitCode code) => Success = code;

    /// <summary>The exit code that a failure means; <see cref="ExitCode.Done"/> for none.</summary>
    /// <param name="failure">as thrown, or as Cake wraps it for a teardown</param>
    public static ExitCode ExitCodeOf(Exception? failure) => Unwrap(failure) switch
    {
        null => ExitCode.Done,
        PipelineException known => known.ExitCode,
        OperationCanceledException { InnerException: not TimeoutException } => ExitCode.Unknown,
        _ => ExitCode.Failed,
    };

    internal void Record(Exception failure) => Failure ??= Unwrap(failure);

    private static Exception? Unwrap(Exception? failure) => failure switch
    {
        CakeReportException { InnerException: { } inner } => Unwrap(inner),
        // Cake gathers a task's failure and its teardown's: the first is the reason.
        AggregateException { InnerExceptions: [var first, ..] } => Unwrap(first),
        _ => failure,
    };
}
