using System.Security.Cryptography;
using System.Text;
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

    /// <summary>Names that <c>Fn::GetAtt</c> may ask for, separated by spaces; empty leaves it to what the made resource answers.</summary>
    public string Attributes { get; init; } = "";

    /// <summary>Those of the attributes that are lists: their text is the entries separated by commas.</summary>
    public string ListAttributes { get; init; } = "";

    public required Func<ResourceRequest, Task<Resource>> Create { get; init; }

    /// <summary>Changes the resource in place; <c>null</c> where every change replaces it.</summary>
    public Func<ResourceRequest, Task<Resource>>? Update { get; init; }

    /// <summary>The update of the whole stack has succeeded; for types whose own updates have something to finish then.</summary>
    public Func<ResourceRequest, Task>? Commit { get; init; }

    /// <summary>Takes an update back in a rollback; <c>null</c> where that is an update to the properties before.</summary>
    public Func<ResourceRequest, Task<Resource>>? Undo { get; init; }

    /// <summary>Deletes it; a resource that is gone already counts as deleted.</summary>
    public required Func<ResourceRequest, Task> Delete { get; init; }

    /// <summary>
    /// The properties a living resource really has, as far as they can be read, in the form in which the template states them
    /// (<see cref="ResourceRequest.Properties"/>): absent ones are not compared, <c>null</c> says that it has none. Answers <c>null</c>
    /// when the resource is gone. Without it the type's drift is not checked.
    /// </summary>
    public Func<ResourceRequest, Task<JsonObject?>>? Read { get; init; }

    /// <summary>What becomes of a resource whose template says nothing; <c>null</c> means that it is deleted.</summary>
    public string? DefaultDeletionPolicy { get; init; }

    /// <summary>Saves the data before <see cref="Delete"/>, for the policy <c>Snapshot</c>; <c>null</c> where the type cannot: the policy is refused.</summary>
    public Func<ResourceRequest, Task>? Snapshot { get; init; }
}

/// <summary>One step on one resource, its intrinsics resolved.</summary>
/// <param name="PhysicalId">of the existing resource; empty when it is created</param>
/// <param name="Previous">the properties it has now; <c>null</c> when it is created</param>
internal sealed record ResourceRequest(StackIdentity Stack, string LogicalId, string PhysicalId, JsonObject Properties, JsonObject? Previous, CancellationToken Cancel)
{
    /// <summary>One per step; the same when an interrupted step is taken again.</summary>
    public string Token { get; init; } = Guid.NewGuid().ToString("N");

    /// <summary>
    /// Call it with the physical id as soon as the resource exists, when making it goes on for long: should the cloud be
    /// killed or the operation be cancelled meanwhile, the resource is known and can be deleted.
    /// </summary>
    public Action<string> Initiated { get; init; } = _ => { };

    /// <summary>A name as CloudFormation makes it up: stack, logical id, random end, cut to <paramref name="length"/>.</summary>
    public string GeneratedName(int length = 64)
    {
        var random = Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(Token)))[..12];
        var start = $"{Stack.Name}-{LogicalId}";
        return $"{start[..Math.Min(start.Length, length - 13)]}-{random}";
    }

    public string Arn(string service, string resource) => $"arn:aws:{service}:{Stack.Region}:{Stack.AccountId}:{resource}";
}

/// <param name="Tags">the stack's own tags, which every taggable resource gets as well</param>
internal sealed record StackIdentity(string Name, string Id, string AccountId, string Region, IReadOnlyDictionary<string, string> Tags)
{
    public IReadOnlyList<string> NotificationArns { get; init; } = [];
}

/// <summary>What <c>Ref</c> (the physical id) and <c>Fn::GetAtt</c> (<paramref name="Attributes"/>, dotted names such as <c>Endpoint.Address</c>) answer.</summary>
/// <param name="Reason">what the resource's event says beside its success, if there is something to say</param>
internal sealed record Resource(string PhysicalId, IReadOnlyDictionary<string, string>? Attributes = null, string? Reason = null);

/// <summary>A resource could not be made, changed or deleted; the message is the event's reason.</summary>
internal sealed class ResourceFailure(string reason) : Exception(reason);
