using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>AWS understood a request and said no; nothing was changed by it.</summary>
/// <param name="message">a sentence: who refused what, and why</param>
/// <param name="code">AWS's word, e.g. <c>ClusterNotFoundException</c></param>
/// <param name="details">labelled lines below the message</param>
public sealed class AwsRefusedException(string message, string code, params IReadOnlyList<Detail> details)
    : PipelineException(ExitCode.Failed, message, details)
{
    /// <summary>AWS's word for why, e.g. <c>ClusterNotFoundException</c>.</summary>
    public string Code { get; } = code;
}
