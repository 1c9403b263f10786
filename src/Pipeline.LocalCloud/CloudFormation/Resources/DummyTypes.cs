namespace Pipeline.LocalCloud.CloudFormation.Resources;

/// <summary>Types that stand in a template for the tools that wrote it: they make nothing.</summary>
internal static class DummyTypes
{
    public static IReadOnlyList<ResourceType> All { get; } =
    [
        new("AWS::CDK::Metadata")
        {
            Properties = "Analytics",
            Create = request => Task.FromResult(new Resource(Guid.Parse(request.Token).ToString())),
            Update = request => Task.FromResult(new Resource(request.PhysicalId)),
            Delete = _ => Task.CompletedTask,
        },
        new("AWS::CloudFormation::WaitConditionHandle")
        {
            // Nobody waits for it here (WaitCondition is refused by name): tools use it as a resource that costs nothing.
            Properties = "",
            Create = request => Task.FromResult(new Resource($"https://cloudformation-waitcondition-{request.Stack.Region}.s3.amazonaws.com/{Uri.EscapeDataString($"{request.Stack.Id}/{request.LogicalId}")}")),
            Update = request => Task.FromResult(new Resource(request.PhysicalId)),
            Delete = _ => Task.CompletedTask,
        },
    ];
}
