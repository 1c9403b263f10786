using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>AWS understood a request and said no. Nothing was changed by it, except perhaps where <see cref="Kind"/> is <see cref="RefusalKind.Fault"/>.</summary>
/// <param name="message">a sentence: who refused what, and why</param>
/// <param name="code">AWS's word, e.g. <c>ClusterNotFoundException</c></param>
/// <param name="details">labelled lines below the message</param>
public sealed class AwsRefusedException(string message, string code, params IReadOnlyList<Detail> details)
    : PipelineException(ExitCode.Failed, message, details)
{
    /// <summary>AWS's word for why, e.g. <c>ClusterNotFoundException</c>.</summary>
    public string Code { get; } = code;

    /// <summary>What may help.</summary>
    public RefusalKind Kind { get; init; }
}

/// <summary>What may help against a refusal.</summary>
public enum RefusalKind
{
    /// <summary>Another request.</summary>
    Denied,

    /// <summary>The same request later: it was asked too often, and nothing was done.</summary>
    Throttled,

    /// <summary>The same request later: AWS had a fault of its own. Whether something was done is unknown.</summary>
    Fault,

    /// <summary>New credentials: these are wrong, or no longer valid.</summary>
    Credentials,
}
