using System.Globalization;
using System.Text.Json.Nodes;

namespace Pipeline.Parity;

/// <summary>
/// A task definition or a service as path → value, so that two that mean the same are the same: lists by name and not by place, AWS's
/// defaults filled in, one spelling for sizes, and nothing that AWS only tells (revisions, times, states).
/// </summary>
public static class FlatShape
{
    private static readonly HashSet<string> OnlyTold = new(StringComparer.Ordinal)
    {
        "TaskDefinitionArn", "Revision", "Status", "RegisteredAt", "RegisteredBy", "RequiresAttributes", "Compatibilities", "DeregisteredAt", "DeleteRequestedAt", "Tags",
    };

    private static readonly string[] OfService =
    [
        "DeploymentConfiguration", "DeploymentController", "DesiredCount", "LaunchType", "PlatformVersion", "SchedulingStrategy", "HealthCheckGracePeriodSeconds",
        "EnableExecuteCommand", "CapacityProviderStrategy", "PropagateTags", "EnableECSManagedTags", "AvailabilityZoneRebalancing",
    ];

    private static readonly (string Path, string Value)[] ServiceDefaults =
    [
        ("DeploymentConfiguration.MaximumPercent", "200"), ("DeploymentConfiguration.MinimumHealthyPercent", "100"), ("DeploymentConfiguration.Strategy", "ROLLING"),
        ("DeploymentConfiguration.DeploymentCircuitBreaker.Enable", "false"), ("DeploymentConfiguration.DeploymentCircuitBreaker.Rollback", "false"),
        ("DeploymentController.Type", "ECS"), ("SchedulingStrategy", "REPLICA"), ("EnableExecuteCommand", "false"), ("EnableECSManagedTags", "false"), ("PlatformVersion", "LATEST"), ("PropagateTags", "NONE"),
    ];

    /// <summary>By which member the items of a list are told apart.</summary>
    private static readonly string[] Names = ["Name", "ContainerPort", "SourceVolume", "ContainerName", "CapacityProvider", "Key"];

    /// <summary>Lists whose order says nothing.</summary>
    private static readonly HashSet<string> Sets = new(StringComparer.Ordinal) { "RequiresCompatibilities", "AlarmNames", "LifecycleStages", "DnsServers", "Links" };

    /// <summary>A task definition, as ECS tells it or as a template gives it.</summary>
    public static IReadOnlyDictionary<string, string> OfTaskDefinition(JsonObject definition)
    {
        var flat = Flat(definition.Where(m => !OnlyTold.Contains(m.Key)));
        foreach (var container in flat.Keys.Where(k => k.StartsWith("ContainerDefinitions.", StringComparison.Ordinal) && k.EndsWith(".Image", StringComparison.Ordinal)).Select(k => k[..^".Image".Length]).ToList())
        {
            flat.TryAdd($"{container}.Essential", "true");
            Drop(flat, $"{container}.Cpu", "0");
            foreach (var port in flat.Keys.Where(k => k.StartsWith($"{container}.PortMappings.", StringComparison.Ordinal) && k.EndsWith(".ContainerPort", StringComparison.Ordinal)).ToList())
            {
                var mapping = port[..^".ContainerPort".Length];
                flat.TryAdd($"{mapping}.Protocol", "tcp");
                flat.TryAdd($"{mapping}.HostPort", flat[port]);
            }
        }

        Replace(flat, "Cpu", text => Size(text, "vCPU"));
        Replace(flat, "Memory", text => Size(text, "GB"));
        flat.TryAdd("RuntimePlatform.CpuArchitecture", "X86_64");
        flat.TryAdd("RuntimePlatform.OperatingSystemFamily", "LINUX");
        Drop(flat, "EnableFaultInjection", "false");
        return flat;
    }

    /// <summary>A service's strategy and counts, as ECS tells it or as a template gives it.</summary>
    public static IReadOnlyDictionary<string, string> OfDeployedService(JsonObject service)
    {
        var flat = Flat(service.Where(m => OfService.Contains(m.Key)));
        foreach (var (path, value) in ServiceDefaults)
        {
            flat.TryAdd(path, value);
        }

        return flat;
    }

    private static SortedDictionary<string, string> Flat(IEnumerable<KeyValuePair<string, JsonNode?>> members)
    {
        var flat = new SortedDictionary<string, string>(StringComparer.Ordinal);
        foreach (var (name, value) in members)
        {
            Add(flat, name, name, value);
        }

        return flat;
    }

    private static void Add(SortedDictionary<string, string> flat, string path, string member, JsonNode? node)
    {
        switch (node)
        {
            case JsonObject map:
                foreach (var (name, value) in map)
                {
                    Add(flat, $"{path}.{name}", name, value);
                }

                break;
            case JsonArray { Count: > 0 } list when list.All(i => i is JsonObject):
                foreach (var (item, index) in list.Select((item, index) => (item!.AsObject(), index)))
                {
                    var key = Names.Select(n => Text(item[n])).FirstOrDefault(t => t.Length > 0) ?? index.ToString(CultureInfo.InvariantCulture);
                    AddItem(flat, $"{path}.{key}", item);
                }

                break;
            case JsonArray { Count: > 0 } list:
                var texts = list.Select(Text);
                flat[path] = string.Join(' ', Sets.Contains(member) ? texts.Order(StringComparer.Ordinal) : texts);
                break;
            case JsonValue when Text(node) is { Length: > 0 } text:
                flat[path] = text;
                break;
        }
    }

    /// <summary>A pair of name and value is one entry.</summary>
    private static void AddItem(SortedDictionary<string, string> flat, string path, JsonObject item)
    {
        if (item.Count == 2 && item.ContainsKey("Name") && (item["Value"] ?? item["ValueFrom"]) is JsonValue value)
        {
            flat[path] = Text(value);
            return;
        }

        foreach (var (name, inner) in item.Where(m => m.Key != "Name"))
        {
            Add(flat, $"{path}.{name}", name, inner);
        }
    }

    private static string Text(JsonNode? node) => node is not JsonValue value ? ""
        : value.TryGetValue<string>(out var text) ? text is "True" or "False" ? text.ToLowerInvariant() : text
        : value.ToJsonString();

    private static void Drop(SortedDictionary<string, string> flat, string path, string unset)
    {
        if (flat.GetValueOrDefault(path) == unset)
        {
            flat.Remove(path);
        }
    }

    private static void Replace(SortedDictionary<string, string> flat, string path, Func<string, string> spell)
    {
        if (flat.TryGetValue(path, out var text))
        {
            flat[path] = spell(text);
        }
    }

    /// <summary>"1 vCPU" is 1024, "0.5 GB" is 512.</summary>
    private static string Size(string text, string unit) =>
        text.EndsWith(unit, StringComparison.OrdinalIgnoreCase) && decimal.TryParse(text[..^unit.Length].Trim(), NumberStyles.Number, CultureInfo.InvariantCulture, out var number)
            ? ((int)(number * 1024)).ToString(CultureInfo.InvariantCulture)
            : text;
}
