using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Where Fargate's tasks come from; on one machine a name, shared out as ECS would.</summary>
internal static class CapacityProviders
{
    public static readonly IReadOnlyList<string> All = ["FARGATE", "FARGATE_SPOT"];

    /// <exception cref="AwsException">InvalidParameterException: not one of Fargate's</exception>
    public static IReadOnlyList<string> Known(IReadOnlyList<string> names) => names.FirstOrDefault(name => !All.Contains(name)) is { } unknown
        ? throw new AwsException("InvalidParameterException", $"The specified capacity provider '{unknown}' was not found; the embedded cloud has {string.Join(" and ", All)}.")
        : names;

    /// <summary>The strategy of a service or a task: its own, or its cluster's where it names no launch type.</summary>
    /// <exception cref="AwsException">InvalidParameterException: both are given, or a provider is unknown</exception>
    public static JsonArray? Strategy(JsonObject members, ClusterRecord cluster)
    {
        var own = members["capacityProviderStrategy"] as JsonArray is { Count: > 0 } given ? given : null;
        if (own is not null && members.Text("launchType") is not null)
        {
            throw new AwsException("InvalidParameterException", "Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
        }

        Known([.. (own ?? []).OfType<JsonObject>().Select(entry => entry.Text("capacityProvider") ?? "")]);
        return own ?? (members.Text("launchType") is null && JsonNode.Parse(cluster.DefaultStrategy) is JsonArray { Count: > 0 } usual ? usual : null);
    }

    /// <summary>The provider of the next task: the base first, then by weight.</summary>
    /// <param name="placed">the providers of the tasks that there are</param>
    public static string? Next(JsonArray? strategy, IReadOnlyList<string?> placed)
    {
        var entries = (strategy ?? []).OfType<JsonObject>().Select(e => (Name: e.Text("capacityProvider"), Base: e.Int("base") ?? 0, Weight: e.Int("weight") ?? 0)).ToList();
        int Placed(string? name) => placed.Count(p => p == name);
        return (entries.Find(e => Placed(e.Name) < e.Base) is { Name: { } basic } ? basic : null)
            ?? entries.OrderByDescending(e => e.Weight / (1d + Math.Max(0, Placed(e.Name) - e.Base))).FirstOrDefault().Name;
    }
}
