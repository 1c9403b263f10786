using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Task definitions: registered in revisions, never changed.</summary>
internal sealed partial class TaskDefinitionOperations(EcsStore store, TimeProvider clock)
{
    private static readonly string[] UnknownLists = ["mountPoints", "volumesFrom", "environmentFiles", "links"];
    private static readonly string[] UnknownStructures = ["restartPolicy", "firelensConfiguration"];
    private readonly Lock _lock = new();

    public void AddTo(AwsService service) => service
        .On("RegisterTaskDefinition", request => Answer(Register(request)))
        .On("DescribeTaskDefinition", request => Answer(store.FindDefinition(request.Required("taskDefinition")) ?? throw new AwsException("ClientException", "Unable to describe task definition."), Tags.Asked(request)))
        .On("DeregisterTaskDefinition", request => Answer(Deregister(request.Required("taskDefinition")), withTags: false))
        .On("ListTaskDefinitions", ListDefinitions)
        .On("ListTaskDefinitionFamilies", ListFamilies);

    public TaskDefinitionRecord Register(AwsRequest request)
    {
        var members = Members.Typed(request.Body);
        var family = members.Text("family") ?? "";
        if (!Family().IsMatch(family))
        {
            throw new AwsException("ClientException", "Family contains invalid characters.");
        }

        Validate(members);
        var tags = Tags.Read(members);
        members.Remove("tags");
        lock (_lock)
        {
            var revision = store.Definitions.All.Where(d => d.Family == family).Select(d => d.Revision).DefaultIfEmpty().Max() + 1;
            var record = new TaskDefinitionRecord(request.Arn("ecs", $"task-definition/{family}:{revision}"), family, revision, members.ToJsonString(), clock.GetUtcNow(), request.Caller.Arn) { Tags = tags };
            store.Definitions.Put(record.Arn, record);
            return record;
        }
    }

    public TaskDefinitionRecord Deregister(string name)
    {
        var found = (name.Contains(':', StringComparison.Ordinal) ? store.FindDefinition(name) : null) ?? throw new AwsException("ClientException", "The specified task definition does not exist.");
        found = found.DeregisteredAt is null ? found with { DeregisteredAt = clock.GetUtcNow() } : found;
        store.Definitions.Put(found.Arn, found);
        return found;
    }

    private static void Validate(JsonObject members)
    {
        var containers = members.Objects("containerDefinitions");
        if (containers.Count == 0)
        {
            throw new AwsException("ClientException", "Container list cannot be empty.");
        }

        foreach (var container in containers)
        {
            var name = container.Text("name") is { Length: > 0 } text ? text : throw new AwsException("ClientException", "Container.name should not be null or empty.");
            if (container.Text("image") is not { Length: > 0 })
            {
                throw new AwsException("ClientException", "Container.image should not be null or empty.");
            }

            if (containers.Count(c => c.Text("name") == name) > 1)
            {
                throw new AwsException("ClientException", $"Container name '{name}' is used twice.");
            }

            foreach (var member in UnknownLists.Where(m => container.List(m).Count > 0))
            {
                throw NotImplemented($"'{member}' of container '{name}'");
            }

            foreach (var member in UnknownStructures.Where(m => container.Object(m) is not null))
            {
                throw NotImplemented($"'{member}' of container '{name}'");
            }

            if (container.Object("healthCheck") is { } check)
            {
                HealthCheck.Validate(check);
            }
        }

        StartOrder.Validate(containers);
        if (containers.All(c => c.Flag("essential") == false))
        {
            throw new AwsException("ClientException", "At least one container in the task definition must be essential.");
        }

        if (members.List("volumes").Count > 0)
        {
            throw NotImplemented("'volumes'");
        }
    }

    private static AwsException NotImplemented(string what) => new("ClientException", $"The embedded cloud does not implement {what} of a task definition.");

    private JsonObject ListDefinitions(AwsRequest request)
    {
        var family = request.Text("familyPrefix");
        var active = request.Text("status") is not "INACTIVE";
        var found = store.Definitions.All
            .Where(d => (family is null || d.Family == family) && (d.DeregisteredAt is null) == active)
            .OrderBy(d => d.Family, StringComparer.Ordinal).ThenBy(d => d.Revision).Select(d => d.Arn);
        return Paging.Page([.. request.Text("sort") == "DESC" ? found.Reverse() : found], request.Body, "taskDefinitionArns", 100);
    }

    private JsonObject ListFamilies(AwsRequest request)
    {
        var prefix = request.Text("familyPrefix") ?? "";
        var families = store.Definitions.All.Where(d => d.Family.StartsWith(prefix, StringComparison.Ordinal) && (request.Text("status") != "ACTIVE" || d.DeregisteredAt is null)).Select(d => d.Family).Distinct().Order();
        return Paging.Page([.. families], request.Body, "families", 100);
    }

    private static JsonObject Answer(TaskDefinitionRecord record, bool withTags = true)
    {
        var described = record.Read();
        foreach (var container in described.Objects("containerDefinitions"))
        {
            container["essential"] ??= true;
            container["cpu"] ??= 0;
            foreach (var list in new[] { "environment", "mountPoints", "volumesFrom", "portMappings" })
            {
                container[list] ??= new JsonArray();
            }

            if (container.Object("healthCheck") is { } check)
            {
                check["interval"] ??= 30;
                check["timeout"] ??= 5;
                check["retries"] ??= 3;
            }

            foreach (var port in container.Objects("portMappings"))
            {
                port["hostPort"] ??= port["containerPort"]?.DeepClone();
                port["protocol"] ??= "tcp";
            }
        }

        described["taskDefinitionArn"] = record.Arn;
        described["revision"] = record.Revision;
        described["status"] = record.DeregisteredAt is null ? "ACTIVE" : "INACTIVE";
        described["registeredAt"] = Time.Epoch(record.RegisteredAt);
        described["registeredBy"] = record.RegisteredBy;
        described["volumes"] ??= new JsonArray();
        described["placementConstraints"] ??= new JsonArray();
        described["compatibilities"] = new JsonArray("EC2", "FARGATE");
        if (record.DeregisteredAt is { } gone)
        {
            described["deregisteredAt"] = Time.Epoch(gone);
        }

        return new() { ["taskDefinition"] = described, ["tags"] = withTags ? Tags.Write(record.Tags) : null };
    }

    [GeneratedRegex("^[A-Za-z0-9_-]{1,255}$", RegexOptions.CultureInvariant)]
    private static partial Regex Family();
}
