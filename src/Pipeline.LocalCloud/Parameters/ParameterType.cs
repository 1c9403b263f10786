using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Parameters;

/// <summary>AWS::SSM::Parameter.</summary>
internal static class ParameterType
{
    public static ResourceType Of(ParameterStore store) => new("AWS::SSM::Parameter")
    {
        Properties = "Name! Type Value Description AllowedPattern DataType Tier Tags(*)",
        Required = "Type Value",
        Create = request => Task.FromResult(Write(store, request, request.Properties.Text("Name") ?? request.GeneratedName(), overwrite: false)),
        Update = request => Task.FromResult(Write(store, request, request.PhysicalId, overwrite: true)),
        Read = request => Task.FromResult(store.Find(request.PhysicalId) is not { } live ? null : new JsonObject
        {
            ["Type"] = live.Type, ["Value"] = live.Value, ["Description"] = live.Description, ["AllowedPattern"] = live.AllowedPattern,
        }),
        Delete = request => Task.FromResult(store.Delete(request.PhysicalId)),
    };

    private static Resource Write(ParameterStore store, ResourceRequest request, string name, bool overwrite)
    {
        var type = request.Properties.Text("Type") ?? "";
        if (type is not ("String" or "StringList"))
        {
            throw new ResourceFailure($"A template makes parameters of the type String or StringList, not '{type}'.");
        }

        var tags = request.Stack.Tags.Concat(request.Properties.Object("Tags")?.Select(t => KeyValuePair.Create(t.Key, t.Value?.ToString() ?? "")) ?? [])
            .GroupBy(t => t.Key).ToDictionary(g => g.Key, g => g.Last().Value);
        try
        {
            store.Put(new Parameter(name, type, request.Properties.Text("Value") ?? "", 0, default, "cloudformation.amazonaws.com", request.Stack.Region,
                request.Properties.Text("Description"), request.Properties.Text("AllowedPattern"), tags), overwrite);
            store.Tag(name, _ => tags);
            return new Resource(name, new Dictionary<string, string> { ["Type"] = type, ["Value"] = request.Properties.Text("Value") ?? "" });
        }
        catch (AwsException refusal)
        {
            throw new ResourceFailure($"{name}: {refusal.Message} (Service: Ssm, Error Code: {refusal.Code})");
        }
    }
}
