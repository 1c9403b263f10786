namespace Pipeline.Aws;

/// <summary>A change set to create.</summary>
/// <param name="Stack">the stack's name</param>
/// <param name="Name">the change set's, unique on its stack</param>
/// <param name="Template">the whole text</param>
/// <param name="Parameters">name → value, only such as the template declares</param>
public sealed record ChangeSetRequest(string Stack, string Name, string Template, IReadOnlyDictionary<string, string> Parameters)
{
    /// <summary>The stack does not exist yet (or <see cref="StackState.IsEmpty"/>).</summary>
    public required bool CreatesStack { get; init; }

    /// <summary>Put on the stack and its resources.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>For people: which deployment made it.</summary>
    public string? Description { get; init; }

    /// <summary>The same token twice is the same change set.</summary>
    public string? ClientToken { get; init; }

    /// <summary>Where in S3 the template is; <c>null</c>: it goes with the request, at most <see cref="Stacks.LargestTemplateInRequest"/> bytes.</summary>
    public Uri? TemplateUrl { get; init; }

    /// <summary>The template has stacks as resources: what happens inside them is wanted too.</summary>
    public bool HasNestedStacks { get; init; }

    /// <summary>Role that CloudFormation assumes; <c>null</c>: the caller's rights.</summary>
    public string? RoleArn { get; init; }
}

/// <summary>A change set in a list.</summary>
/// <param name="Id">its ARN</param>
/// <param name="Name">as it was created</param>
/// <param name="Created">when</param>
public sealed record ChangeSetName(string Id, string Name, DateTimeOffset Created);

/// <summary>A change set as it is now.</summary>
/// <param name="Id">its ARN</param>
/// <param name="Name">as it was created</param>
/// <param name="StackId">its stack's ARN</param>
/// <param name="Status">AWS's word, e.g. <c>CREATE_COMPLETE</c></param>
/// <param name="Reason">why, where AWS says it</param>
public sealed record ChangeSet(string Id, string Name, string StackId, string Status, string? Reason)
{
    /// <summary>AWS's word, e.g. <c>AVAILABLE</c> or <c>EXECUTE_COMPLETE</c>.</summary>
    public required string ExecutionStatus { get; init; }

    /// <summary>What executing it would do, in AWS's order.</summary>
    public required IReadOnlyList<ResourceChange> Changes { get; init; }

    /// <summary>Can be executed.</summary>
    public bool Ready => Status == "CREATE_COMPLETE" && ExecutionStatus == "AVAILABLE";

    /// <summary>AWS is still making it.</summary>
    public bool Pending => Status is "CREATE_PENDING" or "CREATE_IN_PROGRESS";

    /// <summary>The stack already is what was asked for. AWS calls that a failure and tells it apart only by these words.</summary>
    public bool NothingToChange => Status == "FAILED" && Reason is not null
        && (Reason.Contains("didn't contain changes", StringComparison.Ordinal) || Reason.Contains("No updates are to be performed", StringComparison.Ordinal));
}

/// <summary>What a change set does to one resource.</summary>
/// <param name="Action">AWS's word: <c>Add</c>, <c>Modify</c>, <c>Remove</c>, <c>Import</c>, <c>Dynamic</c></param>
/// <param name="LogicalId">its key in the template</param>
/// <param name="PhysicalId">its name or ARN, once it exists</param>
/// <param name="Type">e.g. <c>AWS::ECS::Service</c></param>
/// <param name="Replacement"><c>True</c>, <c>False</c> or <c>Conditional</c>; <c>null</c>: does not apply</param>
/// <param name="Properties">which of its properties change</param>
public sealed record ResourceChange(string Action, string LogicalId, string? PhysicalId, string Type, string? Replacement, IReadOnlyList<PropertyChange> Properties)
{
    /// <summary>What becomes of the resource that goes: <c>Delete</c>, <c>Retain</c>, <c>Snapshot</c>, <c>ReplaceAndDelete</c> …; <c>null</c>: AWS does not say.</summary>
    public string? PolicyAction { get; init; }

    /// <summary>ARN of the change set of a nested stack, where this resource is one and AWS made one for it.</summary>
    public string? NestedChangeSet { get; init; }
}

/// <summary>One property that a change set changes.</summary>
/// <param name="Attribute">AWS's word: <c>Properties</c>, <c>Tags</c>, <c>Metadata</c> …</param>
/// <param name="Name">top-level property, where <paramref name="Attribute"/> is <c>Properties</c></param>
/// <param name="RequiresRecreation"><c>Never</c>, <c>Conditionally</c> or <c>Always</c></param>
/// <param name="Cause">the parameter or resource it follows, where AWS says it</param>
/// <param name="Before">value now, where AWS shows it</param>
/// <param name="After">value then, where AWS shows it</param>
public sealed record PropertyChange(string Attribute, string? Name, string? RequiresRecreation, string? Cause, string? Before, string? After);
