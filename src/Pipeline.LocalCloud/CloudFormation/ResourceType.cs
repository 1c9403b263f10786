using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.CloudFormation;

/// <summary>How one resource type of a template is made, changed and deleted. Each room of the cloud offers the types it owns.</summary>
internal sealed record ResourceType(string Name)
{
    /// <summary>
    /// The properties it understands, all others are refused: names separated by spaces; <c>!</c> marks one whose change replaces the
    /// resource; parentheses hold the members of a structure or of a list's items; <c>(*)</c> takes anything below.
    /// For example <c>ServiceName! Cluster! DesiredCount LoadBalancers(TargetGroupArn ContainerName ContainerPort) Tags(Key Value)</c>.
    /// </summary>
    public required string Properties { get; init; }

    /// <summary>Names of required top-level properties, separated by spaces.</summary>
    public string Required { get; init; } = "";

    public required Func<ResourceRequest, Task<Resource>> Create { get; init; }

    /// <summary>Changes the resource in place; <c>null</c> where every change replaces it.</summary>
    public Func<ResourceRequest, Task<Resource>>? Update { get; init; }

    /// <summary>Deletes it; a resource that is gone already counts as deleted.</summary>
    public required Func<ResourceRequest, Task> Delete { get; init; }
}

/// <summary>One step on one resource, its intrinsics resolved.</summary>
/// <param name="PhysicalId">of the existing resource; empty when it is created</param>
/// <param name="Previous">the properties it has now; <c>null</c> when it is created</param>
internal sealed record ResourceRequest(StackIdentity Stack, string LogicalId, string PhysicalId, JsonObject Properties, JsonObject? Previous, CancellationToken Cancel)
{
    /// <summary>A name as CloudFormation makes it up: stack, logical id, random end, cut to <paramref name="length"/>.</summary>
    public string GeneratedName(int length = 64)
    {
        var random = Convert.ToHexString(Guid.NewGuid().ToByteArray())[..12];
        var start = $"{Stack.Name}-{LogicalId}";
        return $"{start[..Math.Min(start.Length, length - 13)]}-{random}";
    }

    public string Arn(string service, string resource) => $"arn:aws:{service}:{Stack.Region}:{Stack.AccountId}:{resource}";
}

/// <param name="Tags">the stack's own tags, which every taggable resource gets as well</param>
internal sealed record StackIdentity(string Name, string Id, string AccountId, string Region, IReadOnlyDictionary<string, string> Tags);

/// <summary>What <c>Ref</c> (the physical id) and <c>Fn::GetAtt</c> (<paramref name="Attributes"/>, dotted names such as <c>Endpoint.Address</c>) answer.</summary>
internal sealed record Resource(string PhysicalId, IReadOnlyDictionary<string, string>? Attributes = null);

/// <summary>A resource could not be made, changed or deleted; the message is the event's reason.</summary>
internal sealed class ResourceFailure(string reason) : Exception(reason);
