using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary><c>AWS::ECS::Cluster</c> and <c>AWS::ECS::TaskDefinition</c>.</summary>
internal sealed class DefinitionTypes(EcsStore store, ClusterOperations clusters, TaskDefinitionOperations definitions)
{
    private const string Container = "Name Image Essential Cpu Memory MemoryReservation Command EntryPoint WorkingDirectory Environment(Name Value) Secrets(Name ValueFrom) PortMappings(ContainerPort HostPort Protocol Name AppProtocol) LogConfiguration(LogDriver Options(*) SecretOptions(Name ValueFrom)) StopTimeout StartTimeout HealthCheck(Command Interval Timeout Retries StartPeriod) DependsOn(ContainerName Condition) ReadonlyRootFilesystem User DockerLabels(*) Ulimits(Name SoftLimit HardLimit) LinuxParameters(*) VersionConsistency";

    public IReadOnlyList<ResourceType> Types =>
    [
        new("AWS::ECS::Cluster")
        {
            Properties = "ClusterName! CapacityProviders ClusterSettings(Name Value) DefaultCapacityProviderStrategy(Base Weight CapacityProvider) Tags(Key Value)",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var name = request.Properties.Text("ClusterName") ?? request.GeneratedName(255);
                if (store.FindCluster(name) is not null)
                {
                    throw new AwsException("AlreadyExists", $"A cluster with the name '{name}' exists");
                }

                var body = new JsonObject { ["clusterName"] = name, ["tags"] = Tags.Write(request.AllTags()), ["capacityProviders"] = request.Properties["CapacityProviders"]?.DeepClone() };
                body["defaultCapacityProviderStrategy"] = Members.FromProperties(request.Properties)["defaultCapacityProviderStrategy"]?.DeepClone();
                return Task.FromResult(Answer(clusters.Create(request.Call("CreateCluster", body))));
            }),
            Update = request =>
            {
                var found = ClusterOperations.With(store.Cluster(request.PhysicalId) with { Tags = request.AllTags() }, Members.Typed(Members.FromProperties(request.Properties)));
                store.Clusters.Put(found.Arn, found);
                return Task.FromResult(Answer(found));
            },
            Delete = request => ResourceCalls.Refusals(() => Task.FromResult(store.FindCluster(request.PhysicalId) is { } found ? clusters.Delete(found) : null)),
        },
        new("AWS::ECS::TaskDefinition")
        {
            Properties = $"Family! ContainerDefinitions!({Container}) Cpu! Memory! NetworkMode! RequiresCompatibilities! ExecutionRoleArn! TaskRoleArn! RuntimePlatform!(CpuArchitecture OperatingSystemFamily) EphemeralStorage!(SizeInGiB) Tags(Key Value)",
            Required = "ContainerDefinitions",
            Create = request => ResourceCalls.Refusals(() =>
            {
                var body = Members.FromProperties(request.Properties);
                body["family"] ??= request.GeneratedName(255);
                body["tags"] = Tags.Write(request.AllTags());
                return Task.FromResult(Answer(definitions.Register(request.Call("RegisterTaskDefinition", body))));
            }),
            Update = request =>
            {
                var found = store.Definitions.Find(request.PhysicalId)! with { Tags = request.AllTags() };
                store.Definitions.Put(found.Arn, found);
                return Task.FromResult(Answer(found));
            },
            Delete = request => Task.FromResult(store.Definitions.Find(request.PhysicalId) is { } found ? definitions.Deregister(found.Arn) : null),
        },
    ];

    private static Resource Answer(ClusterRecord cluster) => new(cluster.Name, new Dictionary<string, string> { ["Arn"] = cluster.Arn });

    private static Resource Answer(TaskDefinitionRecord definition) => new(definition.Arn, new Dictionary<string, string> { ["TaskDefinitionArn"] = definition.Arn });
}
