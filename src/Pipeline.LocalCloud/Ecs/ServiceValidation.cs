using System.Text.Json.Nodes;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Refuses what a service cannot have, and by name what the embedded cloud has not.</summary>
internal sealed class ServiceValidation(Balancer balancer, StrategyValidation strategies, EcsNeighbours neighbours)
{
    /// <param name="members">the service as it would be</param>
    /// <exception cref="AwsException">InvalidParameterException</exception>
    public void Check(JsonObject members, TaskDefinitionRecord definition)
    {
        var deployment = members.Object("deploymentConfiguration") ?? [];
        if (members.Object("deploymentController")?.Text("type") is { } controller and not "ECS")
        {
            throw Invalid($"The embedded cloud does not implement the deployment controller {controller}; it has ECS.");
        }

        if (members.Text("schedulingStrategy") is { } scheduling and not "REPLICA")
        {
            throw Invalid($"The embedded cloud does not implement the scheduling strategy {scheduling}.");
        }

        if (deployment.Object("alarms")?.Flag("enable") == true)
        {
            CheckAlarms(deployment.Object("alarms")!.Texts("alarmNames"));
        }

        if (members.Object("serviceConnectConfiguration")?.Flag("enabled") == true)
        {
            throw Invalid("The embedded cloud does not implement Service Connect.");
        }

        foreach (var registry in members.Objects("serviceRegistries").Select(r => r.Text("registryArn") ?? ""))
        {
            if (neighbours.RegistryExists?.Invoke(registry) != true)
            {
                throw Invalid($"The service registry {registry} does not exist.");
            }
        }

        foreach (var entry in members.Objects("loadBalancers"))
        {
            CheckLoadBalancer(entry, definition.Read());
        }

        strategies.Check(deployment, members.Objects("loadBalancers"));
    }

    private void CheckAlarms(IReadOnlyList<string> names)
    {
        if (neighbours.AlarmState is not { } state)
        {
            throw Invalid("This embedded cloud has no alarms to watch a deployment with.");
        }

        if (names.Count == 0 || names.FirstOrDefault(name => state(name) is null) is not null)
        {
            throw Invalid($"Alarms must be named and exist; these do not: {string.Join(", ", names.Where(name => state(name) is null))}.");
        }
    }

    private void CheckLoadBalancer(JsonObject entry, JsonObject definition)
    {
        var (group, name, port) = (entry.Text("targetGroupArn"), entry.Text("containerName"), entry.Int("containerPort"));
        if (group is null || balancer.TargetGroups.Find(group) is null)
        {
            throw Invalid($"The specified target group does not exist. (targetGroupArn {group})");
        }

        if (!balancer.IsUsed(group))
        {
            throw Invalid($"The target group with targetGroupArn {group} does not have an associated load balancer.");
        }

        var container = definition.Objects("containerDefinitions").FirstOrDefault(c => c.Text("name") == name) ?? throw Invalid($"The container {name} does not exist in the task definition.");
        if (container.Objects("portMappings").All(p => p.Int("containerPort") != port))
        {
            throw Invalid($"The container {name} did not have a container port {port} defined.");
        }
    }

    private static AwsException Invalid(string why) => new("InvalidParameterException", why);
}
