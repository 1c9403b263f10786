using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Which container waits for which: <c>dependsOn</c>.</summary>
internal static class StartOrder
{
    private static readonly string[] Conditions = ["START", "COMPLETE", "SUCCESS", "HEALTHY"];

    public static IEnumerable<(string Container, string Condition)> Of(JsonObject container) =>
        container.Objects("dependsOn").Select(d => (d.Text("containerName") ?? "", d.Text("condition") ?? ""));

    /// <exception cref="AwsException">ClientException: a dependency that can never be met</exception>
    public static void Validate(IReadOnlyList<JsonObject> containers)
    {
        foreach (var container in containers)
        {
            foreach (var (name, condition) in Of(container))
            {
                Validate(container, containers.FirstOrDefault(c => c.Text("name") == name), name, condition);
            }
        }

        var left = containers.ToList();
        while (left.FindAll(c => Of(c).All(d => left.TrueForAll(l => l.Text("name") != d.Container))) is { Count: > 0 } ready)
        {
            left.RemoveAll(ready.Contains);
        }

        if (left.Count > 0)
        {
            throw Invalid($"Containers depend on each other in a circle: {string.Join(", ", left.Select(c => c.Text("name")))}.");
        }
    }

    private static void Validate(JsonObject container, JsonObject? on, string name, string condition)
    {
        if (on is null)
        {
            throw Invalid($"Container '{container.Text("name")}' depends on '{name}', which the task definition does not have.");
        }

        if (!Conditions.Contains(condition))
        {
            throw Invalid($"Container '{container.Text("name")}' depends on '{name}' with the condition '{condition}'; the conditions are {string.Join(", ", Conditions)}.");
        }

        if (condition is "COMPLETE" or "SUCCESS" && on.Flag("essential") != false)
        {
            throw Invalid($"Container '{name}' is essential, so nothing can depend on it with the condition {condition}.");
        }

        if (condition == "HEALTHY" && on.Object("healthCheck") is null)
        {
            throw Invalid($"Container '{name}' has no health check, so nothing can depend on it with the condition HEALTHY.");
        }
    }

    private static AwsException Invalid(string why) => new("ClientException", why);
}
