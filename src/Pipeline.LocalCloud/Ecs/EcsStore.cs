using System.Security.Cryptography;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>ECS's records, found the way callers name them: by short name or by ARN.</summary>
internal sealed class EcsStore(Database database)
{
    public static readonly TimeSpan StoppedTasksKept = TimeSpan.FromHours(1);

    public Table<ClusterRecord> Clusters { get; } = database.Table<ClusterRecord>("ecs/clusters");

    public Table<TaskDefinitionRecord> Definitions { get; } = database.Table<TaskDefinitionRecord>("ecs/definitions");

    public Table<ServiceRecord> Services { get; } = database.Table<ServiceRecord>("ecs/services");

    public Table<ServiceDeploymentRecord> Deployments { get; } = database.Table<ServiceDeploymentRecord>("ecs/deployments");

    public Table<RevisionRecord> Revisions { get; } = database.Table<RevisionRecord>("ecs/revisions");

    public Table<TaskRecord> Tasks { get; } = database.Table<TaskRecord>("ecs/tasks");

    /// <summary>By cluster and client token.</summary>
    public Table<RunRecord> Runs { get; } = database.Table<RunRecord>("ecs/runs");

    public string Folder { get; } = Directory.CreateDirectory(Path.Combine(database.Folder, "ecs")).FullName;

    public ClusterRecord? FindCluster(string? name) => Clusters.All.FirstOrDefault(c => c.Status == "ACTIVE" && (c.Name == (name ?? "default") || c.Arn == name));

    public ClusterRecord Cluster(string? name) => FindCluster(name) ?? throw new AwsException("ClusterNotFoundException", "Cluster not found.");

    public ServiceRecord? FindService(ClusterRecord cluster, string name) =>
        Services.All.Where(s => s.Cluster == cluster.Arn && (s.Name == name || s.Arn == name)).MinBy(s => s.Status == "INACTIVE");

    public ServiceRecord Service(ClusterRecord cluster, string name) => FindService(cluster, name) is { } service
        ? service.Status != "INACTIVE" ? service : throw new AwsException("ServiceNotActiveException", "Service was not ACTIVE.")
        : throw new AwsException("ServiceNotFoundException", "Service not found.");

    /// <param name="name">family, family:revision, or ARN</param>
    public TaskDefinitionRecord? FindDefinition(string name)
    {
        var text = name.Contains(":task-definition/", StringComparison.Ordinal) ? name[(name.IndexOf(":task-definition/", StringComparison.Ordinal) + ":task-definition/".Length)..] : name;
        var parts = text.Split(':');
        return parts.Length == 2
            ? Definitions.All.FirstOrDefault(d => d.Family == parts[0] && $"{d.Revision}" == parts[1])
            : Definitions.All.Where(d => d.Family == text && d.DeregisteredAt is null).MaxBy(d => d.Revision);
    }

    /// <summary>A definition that new tasks may use.</summary>
    public TaskDefinitionRecord ActiveDefinition(string name) => FindDefinition(name) switch
    {
        null => throw new AwsException("ClientException", "TaskDefinition not found."),
        { DeregisteredAt: not null } => throw new AwsException("ClientException", "TaskDefinition is inactive"),
        var found => found,
    };

    public TaskRecord? FindTask(ClusterRecord cluster, string name) => Tasks.All.FirstOrDefault(t => t.Cluster == cluster.Arn && (t.Arn == name || t.Id == name));

    public static string Digits(int length) => string.Concat(Enumerable.Range(0, length).Select(_ => RandomNumberGenerator.GetInt32(10)));
}
