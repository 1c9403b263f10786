namespace Pipeline.Aws;

/// <summary>A CloudFormation stack as it is now.</summary>
/// <param name="Name">as it was created</param>
/// <param name="Id">its ARN; still finds the stack after it is deleted</param>
/// <param name="Status">AWS's word, e.g. <c>UPDATE_COMPLETE</c></param>
/// <param name="Reason">why, where AWS says it</param>
public sealed record StackState(string Name, string Id, string Status, string? Reason)
{
    /// <summary>Name → value as it was given (a stored parameter's name, not its value); values of <c>NoEcho</c> parameters are masked by AWS.</summary>
    public required IReadOnlyDictionary<string, string> Parameters { get; init; }

    /// <summary>Name → value.</summary>
    public required IReadOnlyDictionary<string, string> Outputs { get; init; }

    /// <summary>Key → value.</summary>
    public required IReadOnlyDictionary<string, string> Tags { get; init; }

    /// <summary>When it was created.</summary>
    public required DateTimeOffset Created { get; init; }

    /// <summary>Start of the newest update, if there was one.</summary>
    public required DateTimeOffset? Updated { get; init; }

    /// <summary>AWS refuses to delete it.</summary>
    public required bool TerminationProtection { get; init; }

    /// <summary>Only change sets exist: nothing was ever executed.</summary>
    public bool IsEmpty => Status == "REVIEW_IN_PROGRESS";

    /// <summary>An operation is running on it.</summary>
    public bool InProgress => !IsEmpty && Status.EndsWith("_IN_PROGRESS", StringComparison.Ordinal);

    /// <summary>The newest operation did what was asked.</summary>
    public bool Succeeded => Status is "CREATE_COMPLETE" or "UPDATE_COMPLETE" or "IMPORT_COMPLETE";
}

/// <summary>A resource of a stack.</summary>
/// <param name="LogicalId">its key in the template</param>
/// <param name="PhysicalId">its name or ARN, once it has one</param>
/// <param name="Type">e.g. <c>AWS::SQS::Queue</c></param>
/// <param name="Status">AWS's word, e.g. <c>CREATE_COMPLETE</c> or <c>DELETE_SKIPPED</c></param>
public sealed record StackResourceState(string LogicalId, string? PhysicalId, string Type, string Status);
