using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>Failures that say nothing about what was asked for: the same question later may be answered.</summary>
public static class Passing
{
    private const int Attempts = 5;

    /// <summary>The answer was lost, AWS was asked too often, or it had a fault of its own.</summary>
    public static bool Is(PipelineException e) => IsThrottled(e) || LeavesOutcomeUnknown(e);

    /// <summary>AWS was asked too often; nothing was done.</summary>
    public static bool IsThrottled(PipelineException e) => e is AwsRefusedException { Kind: RefusalKind.Throttled };

    /// <summary>Whether a change was made is unknown until somebody looks.</summary>
    public static bool LeavesOutcomeUnknown(PipelineException e) => e is AwsUnreachableException { NobodyListens: false } or AwsRefusedException { Kind: RefusalKind.Fault };

    /// <summary>Asks for what is the same twice as once, a question mostly, a few times if it must.</summary>
    /// <param name="what">a verb and its object: <c>describe stack 'x'</c></param>
    internal static async Task<T> AskRepeatedly<T>(this AwsConnection aws, string what, Func<Task<T>> call, CancellationToken cancel)
    {
        var pace = new Pace(aws.PollInterval);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await aws.Ask(what, call, cancel).ConfigureAwait(false);
            }
            catch (PipelineException e) when (attempt < Attempts && Is(e))
            {
                await pace.After(e, cancel).ConfigureAwait(false);
            }
        }
    }
}
