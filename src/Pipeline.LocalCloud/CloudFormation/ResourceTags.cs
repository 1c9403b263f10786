using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.CloudFormation;

/// <summary>The tags a resource of a stack gets.</summary>
internal static class ResourceTags
{
    /// <summary>Its own over the stack's, and those by which CloudFormation marks what it made.</summary>
    public static IReadOnlyDictionary<string, string> AllTags(this ResourceRequest request)
    {
        var tags = new SortedDictionary<string, string>(request.Stack.Tags.ToDictionary(tag => tag.Key, tag => tag.Value), StringComparer.Ordinal);
        foreach (var tag in request.Properties.Objects("Tags"))
        {
            tags[tag.Text("Key") ?? throw new ResourceFailure("A tag needs a Key.")] = tag.Text("Value") ?? "";
        }

        tags["aws:cloudformation:logical-id"] = request.LogicalId;
        tags["aws:cloudformation:stack-id"] = request.Stack.Id;
        tags["aws:cloudformation:stack-name"] = request.Stack.Name;
        return tags;
    }
}
