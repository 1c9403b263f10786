using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on tasks: looking at them, running one on its own, stopping one.</summary>
internal sealed class TaskOperations(EcsStore store, TaskPool pool)
{
    private const int LongestToken = 64;
    private const int LongestStartedBy = 128;
    private readonly Lock _runs = new();

    public void AddTo(AwsService service) => service
        .On("RunTask", RunTask)
        .On("StopTask", StopTask)
        .On("ListTasks", ListTasks)
        .On("DescribeTasks", DescribeTasks);

    private JsonObject RunTask(AwsRequest request)
    {
        var cluster = store.Cluster(request.Text("cluster"));
        if (request.Text("startedBy") is { Length: > LongestStartedBy })
        {
            throw new AwsException("InvalidParameterException", $"startedBy must not be longer than {LongestStartedBy} characters.");
        }

        if (request.Text("clientToken") is not { } token)
        {
            return Answer(Start(request, cluster));
        }

        if (token.Length > LongestToken)
        {
            throw new AwsException("InvalidParameterException", $"clientToken must not be longer than {LongestToken} characters.");
        }

        lock (_runs)
        {
            var (key, members) = ($"{cluster.Arn} {token}", request.Body.ToJsonString());
            if (store.Runs.Find(key) is not { } run)
            {
                store.Runs.Put(key, run = new RunRecord(members, Start(request, cluster)));
            }

            return run.Request == members ? Answer(run.Tasks) : throw new AwsException("ConflictException", "The request conflicts with an earlier one that had the same client token.");
        }
    }

    private IReadOnlyList<string> Start(AwsRequest request, ClusterRecord cluster)
    {
        var definition = store.ActiveDefinition(request.Required("taskDefinition"));
        var count = request.Body.Int("count") is var given and (null or (>= 1 and <= 10)) ? given ?? 1 : throw new AwsException("InvalidParameterException", "Invalid count: 1 to 10 tasks can be run at once.");
        var overrides = request.Body.Object("overrides") ?? [];
        var names = definition.Read().Objects("containerDefinitions").Select(c => c.Text("name")).ToList();
        if (overrides.Objects("containerOverrides").FirstOrDefault(o => !names.Contains(o.Text("name"))) is { } unknown)
        {
            throw new AwsException("InvalidParameterException", $"Override for container named {unknown.Text("name")} is not a container in the TaskDefinition.");
        }

        var strategy = CapacityProviders.Strategy(Members.Typed(request.Body), cluster);
        var tags = request.Text("propagateTags") == "TASK_DEFINITION" ? Tags.Merge(definition.Tags, request.Body) : Tags.Read(request.Body);
        var placed = new List<string?>();
        return [.. Enumerable.Range(0, count).Select(_ =>
        {
            placed.Add(CapacityProviders.Next(strategy, placed));
            return pool.Start(new NewTask(cluster, definition, request.Text("group") ?? $"family:{definition.Family}", request.Text("startedBy"))
            {
                Overrides = overrides.ToJsonString(),
                Tags = tags,
                CapacityProvider = placed[^1],
            }).Record.Arn;
        })];
    }

    private JsonObject Answer(IEnumerable<string> tasks) =>
        new() { ["tasks"] = new JsonArray([.. tasks.Select(store.Tasks.Find).OfType<TaskRecord>().Select(task => Describe(task))]), ["failures"] = new JsonArray() };

    private JsonObject StopTask(AwsRequest request)
    {
        var task = store.FindTask(store.Cluster(request.Text("cluster")), request.Required("task")) ?? throw new AwsException("InvalidParameterException", "The referenced task was not found.");
        pool.Find(task.Arn)?.Stop("UserInitiated", request.Text("reason") ?? "Task stopped by user");
        return new() { ["task"] = Describe(store.Tasks.Find(task.Arn) ?? task) };
    }

    private JsonObject ListTasks(AwsRequest request)
    {
        pool.Sweep();
        var cluster = store.Cluster(request.Text("cluster"));
        var (family, startedBy, service) = (request.Text("family"), request.Text("startedBy"), request.Text("serviceName"));
        var desired = request.Text("desiredStatus") ?? "RUNNING";
        if (service is not null)
        {
            service = (store.FindService(cluster, service) ?? throw new AwsException("ServiceNotFoundException", "Service not found.")).Name;
        }

        var found = store.Tasks.All.Where(t => t.Cluster == cluster.Arn
            && t.DesiredStatus == desired
            && (startedBy is null || t.StartedBy == startedBy)
            && (service is null || t.Group == $"service:{service}")
            && (family is null || store.Definitions.Find(t.TaskDefinition)?.Family == family));
        return Paging.Page([.. found.OrderBy(t => t.CreatedAt).Select(t => t.Arn)], request.Body, "taskArns", 100);
    }

    private JsonObject DescribeTasks(AwsRequest request)
    {
        var cluster = store.Cluster(request.Text("cluster"));
        var names = request.Body.Texts("tasks") is { Count: > 0 and <= 100 } given ? given : throw new AwsException("InvalidParameterException", "Tasks cannot be empty, and at most 100.");
        var found = names.Select(n => (Name: n, Task: store.FindTask(cluster, n))).ToList();
        return new()
        {
            ["tasks"] = new JsonArray([.. found.Where(f => f.Task is not null).Select(f => Describe(f.Task!, Tags.Asked(request)))]),
            ["failures"] = new JsonArray([.. found.Where(f => f.Task is null).Select(f => new JsonObject { ["arn"] = f.Name, ["reason"] = "MISSING" })]),
        };
    }

    private JsonObject Describe(TaskRecord task, bool withTags = true)
    {
        var definition = store.Definitions.Find(task.TaskDefinition)?.Read();
        var described = new JsonObject
        {
            ["taskArn"] = task.Arn,
            ["clusterArn"] = task.Cluster,
            ["taskDefinitionArn"] = task.TaskDefinition,
            ["group"] = task.Group,
            ["startedBy"] = task.StartedBy,
            ["lastStatus"] = task.LastStatus,
            ["desiredStatus"] = task.DesiredStatus,
            ["launchType"] = task.CapacityProvider is null ? "FARGATE" : null,
            ["capacityProviderName"] = task.CapacityProvider,
            ["platformVersion"] = "1.4.0",
            ["platformFamily"] = "Linux",
            ["availabilityZone"] = $"{task.Arn.Split(':')[3]}a",
            ["connectivity"] = "CONNECTED",
            ["healthStatus"] = TaskRunner.HealthOf(task),
            ["cpu"] = definition?.Text("cpu"),
            ["memory"] = definition?.Text("memory"),
            ["stopCode"] = task.StopCode,
            ["stoppedReason"] = task.StoppedReason,
            ["createdAt"] = Time.Epoch(task.CreatedAt),
            ["overrides"] = JsonNode.Parse(task.Overrides),
            ["attributes"] = new JsonArray(),
            ["attachments"] = new JsonArray(),
            ["tags"] = withTags ? Tags.Write(task.Tags) : null,
            ["version"] = task.Version,
            ["containers"] = new JsonArray([.. task.Containers.Select(c => Describe(task, c))]),
        };
        foreach (var (name, time) in new[] { ("pullStartedAt", task.PullStartedAt), ("pullStoppedAt", task.PullStoppedAt), ("startedAt", task.StartedAt), ("stoppingAt", task.StoppingAt), ("stoppedAt", task.StoppedAt) })
        {
            if (time is { } at)
            {
                described[name] = Time.Epoch(at);
            }
        }

        return described;
    }

    private static JsonObject Describe(TaskRecord task, ContainerRecord container) => new()
    {
        ["containerArn"] = $"{task.Arn.Replace(":task/", ":container/", StringComparison.Ordinal)}/{container.Name}",
        ["taskArn"] = task.Arn,
        ["name"] = container.Name,
        ["image"] = container.Image,
        ["imageDigest"] = container.ImageDigest,
        ["runtimeId"] = container.RuntimeId,
        ["lastStatus"] = container.LastStatus,
        ["exitCode"] = container.ExitCode,
        ["reason"] = container.Reason,
        ["healthStatus"] = container.Health,
        ["networkBindings"] = new JsonArray([.. container.Ports.Select(p => new JsonObject { ["bindIP"] = "127.0.0.1", ["containerPort"] = p.Key, ["hostPort"] = p.Value, ["protocol"] = "tcp" })]),
        ["networkInterfaces"] = new JsonArray(new JsonObject { ["privateIpv4Address"] = "127.0.0.1" }),
    };
}
