using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Members in the form of ECS's wire: lower-first names, whole numbers and flags typed, whatever a template wrote.</summary>
internal static class Members
{
    private static readonly HashSet<string> Numbers = ["containerPort", "hostPort", "memoryReservation", "stopTimeout", "startTimeout", "maximumPercent", "minimumHealthyPercent", "softLimit", "hardLimit", "sizeInGiB", "weight", "base", "bakeTimeInMinutes", "stepBakeTimeInMinutes", "canaryBakeTimeInMinutes", "timeoutInMinutes", "interval", "timeout", "retries", "startPeriod", "port"];
    private static readonly HashSet<string> Fractions = ["stepPercent", "canaryPercent"];
    private static readonly HashSet<string> Flags = ["essential", "enable", "rollback", "readonlyRootFilesystem", "privileged", "interactive", "pseudoTerminal", "disableNetworking", "enableECSManagedTags", "enableExecuteCommand", "enableFaultInjection"];
    private static readonly HashSet<string> Maps = ["Options", "options", "DockerLabels", "dockerLabels", "HookDetails", "hookDetails"];

    /// <summary>Of CloudFormation's properties: names that start with a capital.</summary>
    public static JsonObject FromProperties(JsonObject properties) => (JsonObject)Lower(properties)!;

    public static JsonObject Typed(JsonObject members) => (JsonObject)Type(members, "", inContainer: false)!;

    private static JsonNode? Lower(JsonNode? node) => node switch
    {
        JsonObject structure => new JsonObject(structure.Select(m => KeyValuePair.Create(char.ToLowerInvariant(m.Key[0]) + m.Key[1..], Maps.Contains(m.Key) ? m.Value?.DeepClone() : Lower(m.Value)))),
        JsonArray list => new JsonArray([.. list.Select(Lower)]),
        _ => node?.DeepClone(),
    };

    private static JsonNode? Type(JsonNode? node, string name, bool inContainer) => node switch
    {
        JsonObject structure when !Maps.Contains(name) => new JsonObject(structure.Select(m => KeyValuePair.Create(m.Key, Type(m.Value, m.Key, inContainer || m.Key == "containerDefinitions")))),
        JsonArray list => new JsonArray([.. list.Select(item => Type(item, name, inContainer))]),
        JsonValue value when IsNumber(name, inContainer) && int.TryParse(Text(value), NumberStyles.Integer, CultureInfo.InvariantCulture, out var number) => number,
        JsonValue value when Fractions.Contains(name) && double.TryParse(Text(value), NumberStyles.Float, CultureInfo.InvariantCulture, out var fraction) => fraction,
        JsonValue value when Flags.Contains(name) && bool.TryParse(Text(value), out var flag) => flag,
        // Of a task, cpu and memory are texts; of a container they are numbers.
        JsonValue value when name is "cpu" or "memory" => Text(value),
        _ => node?.DeepClone(),
    };

    private static bool IsNumber(string name, bool inContainer) => Numbers.Contains(name) || (inContainer && name is "cpu" or "memory" && inContainer);

    private static string Text(JsonValue value) => value.TryGetValue<string>(out var text) ? text : value.ToJsonString();
}
