using System.Text.Json.Nodes;

namespace Pipeline.Preflight;

/// <summary>Roles that templates describe: what they will be after the deployment, not what they are.</summary>
internal static class PlannedRoles
{
    private static readonly string[] PolicyTypes = ["AWS::IAM::Policy", "AWS::IAM::ManagedPolicy"];

    /// <summary>The role behind an ARN or an open value, if this release's templates make it.</summary>
    public static PlannedResource? Find(PlannedRelease release, string stack, string role) =>
        (release.Behind(stack, role) ?? release.Named(stack, role.Split('/')[^1])) is { Type: "AWS::IAM::Role" } found ? found : null;

    /// <summary>Its policies as documents. None: some are not in the templates, so that these alone do not tell what it may do.</summary>
    public static IReadOnlyList<string> Policies(PlannedRelease release, PlannedResource role)
    {
        if (role.Properties["ManagedPolicyArns"] is JsonArray { Count: > 0 } or JsonValue)
        {
            return [];
        }

        var own = (role.Properties["Policies"] as JsonArray ?? []).Select(p => p?["PolicyDocument"]);
        var on = PolicyTypes.SelectMany(release.Of)
            .Where(p => p.Stack == role.Stack && (p.Properties["Roles"] as JsonArray ?? []).Any(r => TemplateValues.Text(r) is { } name && (name == $"<{role.LogicalId}>" || name == role.PhysicalId)))
            .Select(p => p.Properties["PolicyDocument"]);
        return [.. own.Concat(on).OfType<JsonObject>().Select(document => document.ToJsonString())];
    }

    /// <summary>A trust policy lets ECS start tasks with the role.</summary>
    public static bool TrustsTasks(JsonNode? trust) => (trust?["Statement"] switch { JsonArray list => list.OfType<JsonObject>(), JsonObject one => [one], _ => [] })
        .Any(s => TemplateValues.Text(s["Effect"]) == "Allow" && Texts(s["Principal"]?["Service"]).Contains("ecs-tasks.amazonaws.com") && Texts(s["Action"]).Any(a => a is "sts:AssumeRole" or "sts:*" or "*"));

    private static IEnumerable<string> Texts(JsonNode? node) => node switch
    {
        JsonArray list => list.Select(TemplateValues.Text).OfType<string>(),
        _ => TemplateValues.Text(node) is { } text ? [text] : [],
    };
}
