namespace Pipeline.Aws;

/// <summary>A comparison of a stack with its template.</summary>
/// <param name="Status">AWS's word: <c>DETECTION_IN_PROGRESS</c>, <c>DETECTION_COMPLETE</c>, <c>DETECTION_FAILED</c></param>
/// <param name="Drift">AWS's word: <c>DRIFTED</c>, <c>IN_SYNC</c>, <c>UNKNOWN</c>, <c>NOT_CHECKED</c>; <c>null</c> while it runs</param>
/// <param name="Reason">why it failed, where AWS says it</param>
public sealed record DriftDetection(string Status, string? Drift, string? Reason);

/// <summary>What a comparison found of one resource.</summary>
/// <param name="LogicalId">its key in the template</param>
/// <param name="Type">e.g. <c>AWS::SQS::Queue</c></param>
/// <param name="Status">AWS's word: <c>IN_SYNC</c>, <c>MODIFIED</c>, <c>DELETED</c>, <c>NOT_CHECKED</c>, <c>UNSUPPORTED</c></param>
public sealed record ResourceDrift(string LogicalId, string Type, string Status)
{
    /// <summary>The properties that differ; empty unless <see cref="Status"/> is <c>MODIFIED</c>.</summary>
    public IReadOnlyList<PropertyDrift> Differences { get; init; } = [];
}

/// <summary>One property that is not what the template says.</summary>
/// <param name="Path">e.g. <c>/VisibilityTimeout</c></param>
/// <param name="Expected">as the template has it</param>
/// <param name="Actual">as the resource has it</param>
public sealed record PropertyDrift(string Path, string? Expected, string? Actual);
