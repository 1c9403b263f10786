using Pipeline.Outcomes;

namespace Pipeline.Cake;

/// <summary>A failure as a person reads it.</summary>
public static class Failure
{
    /// <summary>The sentence, then its labelled lines.</summary>
    /// <param name="failure">what ended the run</param>
    /// <param name="withStack">adds the stack trace of a failure that nobody expected</param>
    public static string Explain(Exception failure, bool withStack)
    {
        ArgumentNullException.ThrowIfNull(failure);
        return failure switch
        {
            PipelineException known => Text(known.Message, known.Details),
            OperationCanceledException { InnerException: not TimeoutException } => Text(
                "Interrupted before the end.",
                [new Detail("why", "an operation that had begun in the cloud goes on without us"), new Detail("next", "./build.sh --target=Status shows what runs; the same command again finds out how it ended and goes on from there")]),
            _ when withStack => $"Unexpected error.\n{failure}",
            _ => Text(
                $"Unexpected error: {failure.Message}",
                [new Detail("what", failure.GetType().FullName!), new Detail("next", "the same command with --verbosity=diagnostic shows where")]),
        };
    }

    private static string Text(string message, IReadOnlyList<Detail> details)
    {
        var width = details.Select(detail => detail.Label.Length).DefaultIfEmpty(0).Max() + 2;
        var indent = "\n  " + new string(' ', width);
        return string.Join('\n', details.Select(detail => $"  {detail.Label.PadRight(width)}{detail.Text.TrimEnd().ReplaceLineEndings(indent)}").Prepend(message));
    }
}
