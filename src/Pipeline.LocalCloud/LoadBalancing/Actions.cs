using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Actions and conditions between the API's members and the records.</summary>
internal static class Actions
{
    public static ActionRecord Read(IReadOnlyList<JsonObject> actions, Balancer balancer)
    {
        var action = actions is [var only] ? only : throw new AwsException("ValidationError", "The embedded cloud takes exactly one action");
        return action.Text("Type") switch
        {
            "forward" => new ActionRecord { Forward = Groups(action, balancer) },
            "fixed-response" when action.Object("FixedResponseConfig") is { } fix => new ActionRecord
            {
                Fixed = new FixedResponse(fix.Int("StatusCode") ?? throw new AwsException("ValidationError", "A fixed response needs a StatusCode"), fix.Text("ContentType") ?? "text/plain", fix.Text("MessageBody") ?? ""),
            },
            "redirect" when action.Object("RedirectConfig") is { } to => new ActionRecord
            {
                Redirect = new Redirection(to.Text("StatusCode") == "HTTP_301" ? 301 : 302, to.Text("Protocol") ?? "#{protocol}", to.Text("Host") ?? "#{host}", to.Text("Port") ?? "#{port}", to.Text("Path") ?? "/#{path}", to.Text("Query") ?? "#{query}"),
            },
            var type => throw new AwsException("InvalidLoadBalancerAction", $"The action '{type}' is not implemented by the embedded cloud, or its configuration is missing"),
        };
    }

    public static JsonArray Describe(ActionRecord action)
    {
        var described = action switch
        {
            { Fixed: { } fix } => new JsonObject
            {
                ["Type"] = "fixed-response",
                ["FixedResponseConfig"] = new JsonObject { ["MessageBody"] = fix.Body, ["StatusCode"] = $"{fix.StatusCode}", ["ContentType"] = fix.ContentType },
            },
            { Redirect: { } to } => new JsonObject
            {
                ["Type"] = "redirect",
                ["RedirectConfig"] = new JsonObject { ["Protocol"] = to.Protocol, ["Port"] = to.Port, ["Host"] = to.Host, ["Path"] = to.Path, ["Query"] = to.Query, ["StatusCode"] = $"HTTP_{to.StatusCode}" },
            },
            _ => new JsonObject
            {
                ["Type"] = "forward",
                ["ForwardConfig"] = new JsonObject
                {
                    ["TargetGroups"] = new JsonArray([.. action.Forward!.Select(g => new JsonObject { ["TargetGroupArn"] = g.Arn, ["Weight"] = g.Weight })]),
                    ["TargetGroupStickinessConfig"] = new JsonObject { ["Enabled"] = false },
                },
            },
        };
        if (action.Forward is [var only])
        {
            described["TargetGroupArn"] = only.Arn;
        }

        described["Order"] = 1;
        return new JsonArray(described);
    }

    public static IReadOnlyList<ConditionRecord> ReadConditions(IReadOnlyList<JsonObject> conditions) => conditions.Count == 0
        ? throw new AwsException("ValidationError", "A rule needs a condition")
        : [.. conditions.Select(ReadCondition)];

    public static JsonArray Describe(IReadOnlyList<ConditionRecord> conditions) => new([.. conditions.Select(c =>
    {
        JsonArray Values() => new([.. c.Values.Select(v => JsonValue.Create(v))]);
        return new JsonObject { ["Field"] = c.Field, ["Values"] = Values(), [ConfigOf(c.Field)] = new JsonObject { ["Values"] = Values() } };
    })]);

    private static ConditionRecord ReadCondition(JsonObject condition)
    {
        var field = condition.Text("Field") ?? "";
        if (field is not ("path-pattern" or "host-header" or "http-request-method"))
        {
            throw new AwsException("InvalidConfigurationRequest", $"The condition field '{field}' is not implemented by the embedded cloud");
        }

        var values = condition.Object(ConfigOf(field))?.Texts("Values") ?? condition.Texts("Values");
        return values.Count > 0 ? new ConditionRecord(field, values) : throw new AwsException("ValidationError", $"The condition '{field}' needs values");
    }

    private static string ConfigOf(string field) => field switch
    {
        "path-pattern" => "PathPatternConfig",
        "host-header" => "HostHeaderConfig",
        _ => "HttpRequestMethodConfig",
    };

    private static List<WeightedGroup> Groups(JsonObject action, Balancer balancer)
    {
        var config = action.Object("ForwardConfig");
        if (config?.Object("TargetGroupStickinessConfig")?.Flag("Enabled") == true)
        {
            throw new AwsException("InvalidConfigurationRequest", "The embedded cloud does not implement stickiness of target groups");
        }

        List<WeightedGroup> groups = config?.Objects("TargetGroups") is { Count: > 0 } weighted
            ? [.. weighted.Select(g => new WeightedGroup(g.Text("TargetGroupArn") ?? "", g.Int("Weight") ?? 1))]
            : [new WeightedGroup(action.Text("TargetGroupArn") ?? "", 1)];
        foreach (var group in groups)
        {
            if (group.Weight is < 0 or > 999)
            {
                throw new AwsException("ValidationError", $"The weight of a target group must be between 0 and 999, not {group.Weight}");
            }

            if (balancer.TargetGroups.Find(group.Arn) is null)
            {
                throw new AwsException("TargetGroupNotFound", $"Target groups '{group.Arn}' not found");
            }
        }

        return groups;
    }
}
