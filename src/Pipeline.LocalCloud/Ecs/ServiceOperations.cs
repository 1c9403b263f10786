using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on services. What starts a deployment on AWS starts one here, and nothing else does.</summary>
internal sealed class ServiceOperations(EcsStore store, ServiceSchedulers schedulers, Rollout rollout, ServiceValidation validation, TaskCounts tasks, TimeProvider clock)
{
    /// <summary>What UpdateService leaves as it is when it is not told a strategy.</summary>
    private static readonly string[] OfStrategy = ["strategy", "bakeTimeInMinutes", "lifecycleHooks", "linearConfiguration", "canaryConfiguration"];

    private static readonly string[] Kept =
    [
        "loadBalancers", "serviceRegistries", "networkConfiguration", "deploymentConfiguration", "launchType", "platformVersion", "capacityProviderStrategy", "propagateTags",
        "enableECSManagedTags", "enableExecuteCommand", "schedulingStrategy", "deploymentController", "availabilityZoneRebalancing",
    ];

    /// <summary>Those whose change starts a deployment: they belong to a revision.</summary>
    public static readonly IReadOnlyList<string> Deploying = ["loadBalancers", "serviceRegistries", "networkConfiguration", "platformVersion"];

    public void AddTo(AwsService service) => service
        .On("CreateService", request => new() { ["service"] = Describe(Create(request)) })
        .On("UpdateService", request => new() { ["service"] = Describe(Update(request)) })
        .On("DeleteService", request => new() { ["service"] = Describe(Delete(request)) })
        .On("DescribeServices", DescribeServices)
        .On("ListServices", ListServices);

    public ServiceRecord Create(AwsRequest request)
    {
        var cluster = store.Cluster(request.Text("cluster"));
        var members = Members.Typed(request.Body);
        var name = request.Required("serviceName");
        if (store.FindService(cluster, name) is { Status: not "INACTIVE" } existing)
        {
            throw new AwsException("InvalidParameterException", existing.Status == "DRAINING" ? "Unable to Start a service that is still Draining." : "Creation of service was not idempotent.");
        }

        var definition = store.ActiveDefinition(request.Required("taskDefinition"));
        validation.Check(members, definition);
        members["capacityProviderStrategy"] = CapacityProviders.Strategy(members, cluster)?.DeepClone();
        var kept = new JsonObject(Kept.Where(k => members[k] is not null).Select(k => KeyValuePair.Create(k, members[k]?.DeepClone())));
        var now = clock.GetUtcNow();
        var service = new ServiceRecord(request.Arn("ecs", $"service/{cluster.Name}/{name}"), name, cluster.Arn, "ACTIVE", members.Int("desiredCount") ?? 0, kept.ToJsonString(), now)
        {
            GraceSeconds = members.Int("healthCheckGracePeriodSeconds") ?? 0,
            Tags = Tags.Read(members),
        };
        store.Services.Put(service.Arn, rollout.Begin(service, definition.Arn, null, now));
        schedulers.Start(service.Arn);
        return store.Services.Find(service.Arn)!;
    }

    public ServiceRecord Update(AwsRequest request)
    {
        var found = store.Service(store.Cluster(request.Text("cluster")), request.Required("service"));
        if (found.Status != "ACTIVE")
        {
            throw new AwsException("ServiceNotActiveException", "Service was not ACTIVE.");
        }

        var members = Members.Typed(request.Body);
        var scheduler = schedulers.Get(found.Arn);
        return scheduler.Change(service =>
        {
            var definition = members.Text("taskDefinition") is { } name ? store.ActiveDefinition(name) : store.FindDefinition(service.Primary.TaskDefinition)!;
            var kept = service.Read();
            var deploys = definition.Arn != service.Primary.TaskDefinition || members.Flag("forceNewDeployment") == true;
            foreach (var member in Kept.Where(k => members[k] is not null))
            {
                deploys |= Deploying.Contains(member) && !JsonNode.DeepEquals(kept[member], members[member]);
                kept[member] = member == "deploymentConfiguration" ? Configured(kept.Object(member) ?? [], members.Object(member)!) : members[member]?.DeepClone();
            }

            validation.Check(kept, definition);
            if (members["capacityProviderStrategy"] is not null)
            {
                CapacityProviders.Strategy(members, store.Clusters.Find(service.Cluster)!);
                kept.Remove("launchType");
            }

            var changed = service with
            {
                DesiredCount = members.Int("desiredCount") ?? service.DesiredCount,
                GraceSeconds = members.Int("healthCheckGracePeriodSeconds") ?? service.GraceSeconds,
                Json = kept.ToJsonString(),
            };
            return deploys ? rollout.Begin(changed, definition.Arn, rollout.Serving(changed, deployment => scheduler.Healthy(deployment.Id) > 0), clock.GetUtcNow()) : changed;
        });
    }

    private static JsonObject Configured(JsonObject before, JsonObject given)
    {
        var configuration = (JsonObject)given.DeepClone();
        foreach (var member in OfStrategy.Where(member => given["strategy"] is null && given[member] is null && before[member] is not null))
        {
            configuration[member] = before[member]!.DeepClone();
        }

        return configuration;
    }

    public ServiceRecord Delete(AwsRequest request)
    {
        var found = store.Service(store.Cluster(request.Text("cluster")), request.Required("service"));
        return schedulers.Get(found.Arn).Change(service =>
        {
            if (service.DesiredCount > 0 && request.Body.Flag("force") != true)
            {
                throw new AwsException("InvalidParameterException", "The service cannot be stopped while it is scaled above 0.");
            }

            rollout.End(service, clock.GetUtcNow());
            return service with { Status = "DRAINING", DesiredCount = 0 };
        });
    }

    private JsonObject DescribeServices(AwsRequest request)
    {
        var cluster = store.Cluster(request.Text("cluster"));
        var names = request.Body.Texts("services") is { Count: > 0 and <= 10 } given ? given : throw new AwsException("InvalidParameterException", "Services cannot be empty, and at most 10.");
        var found = names.Select(n => (Name: n, Service: store.FindService(cluster, n))).ToList();
        return new()
        {
            ["services"] = new JsonArray([.. found.Where(f => f.Service is not null).Select(f => Describe(f.Service!, Tags.Asked(request)))]),
            ["failures"] = new JsonArray([.. found.Where(f => f.Service is null).Select(f => new JsonObject { ["arn"] = f.Name.Contains(':', StringComparison.Ordinal) ? f.Name : request.Arn("ecs", $"service/{cluster.Name}/{f.Name}"), ["reason"] = "MISSING" })]),
        };
    }

    private JsonObject ListServices(AwsRequest request)
    {
        var cluster = store.Cluster(request.Text("cluster"));
        return Paging.Page([.. store.Services.All.Where(s => s.Cluster == cluster.Arn && s.Status != "INACTIVE").Select(s => s.Arn).Order()], request.Body, "serviceArns", 10);
    }

    private JsonObject Describe(ServiceRecord service, bool withTags = true)
    {
        var (running, pending) = tasks.Live(service, null);
        var described = service.Read();
        described["launchType"] ??= described["capacityProviderStrategy"] is null ? "FARGATE" : null;
        described["platformVersion"] ??= "LATEST";
        described["platformFamily"] = "Linux";
        described["propagateTags"] ??= "NONE";
        described["enableECSManagedTags"] ??= false;
        described["enableExecuteCommand"] ??= false;
        described["schedulingStrategy"] ??= "REPLICA";
        described["deploymentController"] ??= new JsonObject { ["type"] = "ECS" };
        described["loadBalancers"] ??= new JsonArray();
        var deployment = described.Object("deploymentConfiguration") ?? [];
        deployment["strategy"] ??= "ROLLING";
        deployment["maximumPercent"] ??= 200;
        deployment["minimumHealthyPercent"] ??= 100;
        described["deploymentConfiguration"] = deployment.DeepClone();
        described["serviceArn"] = service.Arn;
        described["serviceName"] = service.Name;
        described["clusterArn"] = service.Cluster;
        described["status"] = service.Status;
        described["desiredCount"] = service.DesiredCount;
        described["runningCount"] = running;
        described["pendingCount"] = pending;
        described["healthCheckGracePeriodSeconds"] = service.GraceSeconds;
        described["createdAt"] = Time.Epoch(service.CreatedAt);
        described["serviceRegistries"] ??= new JsonArray();
        described["placementConstraints"] = new JsonArray();
        described["placementStrategy"] = new JsonArray();
        described["tags"] = withTags ? Tags.Write(service.Tags) : null;
        described["deployments"] = new JsonArray([.. service.Deployments.Select(d => Describe(service, d))]);
        described["events"] = new JsonArray([.. service.Events.Select(e => new JsonObject { ["id"] = e.Id, ["createdAt"] = Time.Epoch(e.At), ["message"] = e.Message })]);
        if (service.Deployments.Count > 0)
        {
            described["taskDefinition"] = service.Primary.TaskDefinition;
            if (store.Deployments.Find(service.Primary.ServiceDeployment)?.IsOngoing == true)
            {
                described["currentServiceDeployment"] = service.Primary.ServiceDeployment;
            }

            described["currentServiceRevisions"] = new JsonArray([.. service.Deployments.Select(d =>
            {
                var (up, coming) = tasks.Live(service, d);
                return new JsonObject { ["arn"] = d.Revision, ["requestedTaskCount"] = tasks.Requested(service, d), ["runningTaskCount"] = up, ["pendingTaskCount"] = coming };
            })]);
        }

        return described;
    }

    private JsonObject Describe(ServiceRecord service, DeploymentRecord deployment)
    {
        var revision = JsonNode.Parse(store.Revisions.Find(deployment.Revision)?.Json ?? service.Json)!.AsObject();
        var (running, pending) = tasks.Live(service, deployment);
        return new()
        {
            ["id"] = deployment.Id,
            ["status"] = deployment.Status,
            ["taskDefinition"] = deployment.TaskDefinition,
            ["desiredCount"] = tasks.Requested(service, deployment),
            ["pendingCount"] = pending,
            ["runningCount"] = running,
            ["failedTasks"] = deployment.FailedTasks,
            ["createdAt"] = Time.Epoch(deployment.CreatedAt),
            ["updatedAt"] = Time.Epoch(deployment.UpdatedAt),
            ["launchType"] = revision["capacityProviderStrategy"] is null ? "FARGATE" : null,
            ["capacityProviderStrategy"] = revision["capacityProviderStrategy"]?.DeepClone(),
            ["networkConfiguration"] = revision["networkConfiguration"]?.DeepClone(),
            ["platformVersion"] = "1.4.0",
            ["platformFamily"] = "Linux",
            ["rolloutState"] = deployment.RolloutState,
            ["rolloutStateReason"] = deployment.RolloutStateReason,
        };
    }
}
