using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Operations on service deployments and service revisions.</summary>
internal sealed class DeploymentOperations(EcsStore store, ServiceSchedulers schedulers, Rollout rollout, TaskCounts tasks, TimeProvider clock)
{
    private static readonly string[] Statuses =
        ["PENDING", "SUCCESSFUL", "STOPPED", "STOP_REQUESTED", "IN_PROGRESS", "ROLLBACK_REQUESTED", "ROLLBACK_IN_PROGRESS", "ROLLBACK_SUCCESSFUL", "ROLLBACK_FAILED"];

    public void AddTo(AwsService service) => service
        .On("ListServiceDeployments", ListDeployments)
        .On("DescribeServiceDeployments", DescribeDeployments)
        .On("StopServiceDeployment", StopDeployment)
        .On("ContinueServiceDeployment", ContinueDeployment)
        .On("DescribeServiceRevisions", DescribeRevisions);

    private JsonObject ListDeployments(AwsRequest request)
    {
        var name = request.Required("service");
        var cluster = store.Cluster(request.Text("cluster") ?? (name.StartsWith("arn:", StringComparison.Ordinal) ? name.Split('/')[1] : null));
        var service = store.FindService(cluster, name) ?? throw new AwsException("ServiceNotFoundException", "Service not found.");
        var statuses = request.Body.Texts("status");
        if (statuses.FirstOrDefault(status => !Statuses.Contains(status)) is { } unknown)
        {
            throw new AwsException("InvalidParameterException", $"The status {unknown} is not valid; the valid values are {string.Join(", ", Statuses)}.");
        }

        var (after, before) = (request.Body.Object("createdAt")?.Number("after") ?? 0, request.Body.Object("createdAt")?.Number("before") ?? double.MaxValue);
        var found = store.Deployments.All
            .Where(d => d.Service == service.Arn && (statuses.Count == 0 || statuses.Contains(d.Status)))
            .Where(d => d.CreatedAt.ToUnixTimeMilliseconds() / 1000d is var at && at > after && at < before)
            .OrderByDescending(d => d.CreatedAt);
        return Paging.Page([.. found.Select(d => (JsonNode)Brief(d))], request.Body, "serviceDeployments", 20);
    }

    private JsonObject DescribeDeployments(AwsRequest request)
    {
        var found = AtMost(request, "serviceDeploymentArns").Select(arn => (Arn: arn, Deployment: store.Deployments.Find(arn))).ToList();
        return new()
        {
            ["serviceDeployments"] = new JsonArray([.. found.Where(f => f.Deployment is not null).Select(f => Describe(f.Deployment!))]),
            ["failures"] = Missing(found.Where(f => f.Deployment is null).Select(f => f.Arn)),
        };
    }

    private JsonObject StopDeployment(AwsRequest request)
    {
        var arn = request.Required("serviceDeploymentArn");
        var deployment = store.Deployments.Find(arn) ?? throw new AwsException("ServiceDeploymentNotFoundException", "The service deployment could not be found.");
        if (request.Text("stopType") is { } type and not "ROLLBACK")
        {
            throw new AwsException("InvalidParameterException", $"The stop type {type} is not valid; the valid values are ROLLBACK.");
        }

        schedulers.Get(deployment.Service).Act(service =>
        {
            deployment = store.Deployments.Find(arn)!;
            if (deployment.Status is not ("PENDING" or "IN_PROGRESS"))
            {
                throw new AwsException("ConflictException", $"The service deployment cannot be stopped because it is {deployment.Status}.");
            }

            if (Rollout.Before(service, deployment) is null)
            {
                throw new AwsException("ConflictException", "The service deployment cannot be rolled back because the service has no completed deployment before it.");
            }

            store.Deployments.Put(arn, deployment with { Status = "ROLLBACK_REQUESTED", UpdatedAt = clock.GetUtcNow() });
            return service;
        });
        return new() { ["serviceDeploymentArn"] = arn };
    }

    private JsonObject ContinueDeployment(AwsRequest request)
    {
        var (arn, hook) = (request.Required("serviceDeploymentArn"), request.Required("hookId"));
        var deployment = store.Deployments.Find(arn) ?? throw new AwsException("ServiceDeploymentNotFoundException", "The service deployment could not be found.");
        var action = request.Text("action") ?? "CONTINUE";
        if (action is not ("CONTINUE" or "ROLLBACK"))
        {
            throw new AwsException("InvalidParameterException", $"The action {action} is not valid; the valid values are ROLLBACK, CONTINUE.");
        }

        schedulers.Get(deployment.Service).Act(service =>
        {
            deployment = store.Deployments.Find(arn)!;
            if (deployment.Status != "IN_PROGRESS")
            {
                throw new AwsException("InvalidParameterException", $"The service deployment cannot be continued because it is {deployment.Status}.");
            }

            var now = clock.GetUtcNow();
            deployment = deployment with { Lifecycle = PauseHooks.Answer(deployment.Lifecycle, hook, action == "CONTINUE"), UpdatedAt = now };
            store.Deployments.Put(arn, deployment);
            return action == "CONTINUE" ? service : rollout.Undo(service, deployment, "a lifecycle hook was answered with ROLLBACK", now);
        });
        return new() { ["serviceDeploymentArn"] = arn };
    }

    private JsonObject DescribeRevisions(AwsRequest request)
    {
        var found = AtMost(request, "serviceRevisionArns").Select(arn => (Arn: arn, Revision: store.Revisions.Find(arn))).ToList();
        return new()
        {
            ["serviceRevisions"] = new JsonArray([.. found.Where(f => f.Revision is not null).Select(f => Describe(f.Revision!))]),
            ["failures"] = Missing(found.Where(f => f.Revision is null).Select(f => f.Arn)),
        };
    }

    private static IReadOnlyList<string> AtMost(AwsRequest request, string member) => request.Body.Texts(member) is { Count: > 0 and <= 20 } arns
        ? arns
        : throw new AwsException("InvalidParameterException", $"{member} must have 1 to 20 ARNs.");

    private static JsonArray Missing(IEnumerable<string> arns) => new([.. arns.Select(a => new JsonObject { ["arn"] = a, ["reason"] = "MISSING" })]);

    private static JsonObject Brief(ServiceDeploymentRecord deployment)
    {
        var brief = new JsonObject
        {
            ["serviceDeploymentArn"] = deployment.Arn,
            ["serviceArn"] = deployment.Service,
            ["clusterArn"] = deployment.Cluster,
            ["createdAt"] = Time.Epoch(deployment.CreatedAt),
            ["startedAt"] = Time.Epoch(deployment.CreatedAt),
            ["targetServiceRevisionArn"] = deployment.TargetRevision,
            ["status"] = deployment.Status,
        };
        if (deployment.StatusReason is { } reason)
        {
            brief["statusReason"] = reason;
        }

        if (deployment.FinishedAt is { } finished)
        {
            brief["finishedAt"] = Time.Epoch(finished);
        }

        return brief;
    }

    private JsonObject Describe(ServiceDeploymentRecord deployment)
    {
        var described = Brief(deployment);
        described.Remove("targetServiceRevisionArn");
        described["updatedAt"] = Time.Epoch(deployment.UpdatedAt);
        described["deploymentConfiguration"] = JsonNode.Parse(deployment.Configuration);
        described["deploymentCircuitBreaker"] = new JsonObject { ["status"] = deployment.Breaker.Status, ["failureCount"] = deployment.Breaker.FailureCount, ["threshold"] = deployment.Breaker.Threshold };
        described["alarms"] = new JsonObject
        {
            ["status"] = deployment.Alarms.Status,
            ["alarmNames"] = new JsonArray([.. deployment.Alarms.Names.Select(n => JsonValue.Create(n))]),
            ["triggeredAlarmNames"] = new JsonArray([.. deployment.Alarms.Triggered.Select(n => JsonValue.Create(n))]),
        };
        described["sourceServiceRevisions"] = new JsonArray([.. deployment.SourceRevisions.Select(r => Counts(deployment, r))]);
        described["targetServiceRevision"] = Counts(deployment, deployment.TargetRevision);
        if (deployment.StoppedAt is { } stopped)
        {
            described["stoppedAt"] = Time.Epoch(stopped);
        }

        if (deployment.Rollback is { } rollback)
        {
            described["rollback"] = new JsonObject { ["reason"] = rollback.Reason, ["startedAt"] = Time.Epoch(rollback.StartedAt), ["serviceRevisionArn"] = rollback.Revision };
        }

        // A rolling deployment tells no stage, also where it takes traffic over from the other group.
        if (deployment.Lifecycle is { } lifecycle && ShiftPlan.Shifts(described.Object("deploymentConfiguration")!))
        {
            described["lifecycleStage"] = lifecycle.Stage;
            described["lifecycleHookDetails"] = new JsonArray([.. lifecycle.Hooks.Select(hook => new JsonObject
            {
                ["hookId"] = hook.Id, ["targetType"] = "PAUSE", ["status"] = hook.Status, ["expiresAt"] = Time.Epoch(hook.ExpiresAt), ["timeoutAction"] = hook.TimeoutAction,
            })]);
        }

        return described;
    }

    private JsonObject Counts(ServiceDeploymentRecord deployment, string revision)
    {
        var service = store.Services.Find(deployment.Service);
        var current = service?.Deployments.FirstOrDefault(d => d.Revision == revision);
        var (running, pending) = current is null ? (0, 0) : tasks.Live(service!, current);
        var counts = new JsonObject
        {
            ["arn"] = revision,
            ["requestedTaskCount"] = current is null ? 0 : tasks.Requested(service!, current),
            ["runningTaskCount"] = running,
            ["pendingTaskCount"] = pending,
        };
        if (deployment.Lifecycle is { } lifecycle && TrafficRules.Routes(store, deployment) is { Count: > 0 } routes)
        {
            double Share(double percent) => revision == deployment.TargetRevision ? percent : revision == lifecycle.Blue ? 100 - percent : 0;
            counts["requestedProductionTrafficWeight"] = Share(lifecycle.Production);
            if (routes.Any(route => route.TestRule is not null))
            {
                counts["requestedTestTrafficWeight"] = Share(lifecycle.Test);
            }
        }

        return counts;
    }

    private JsonObject Describe(RevisionRecord revision)
    {
        var described = JsonNode.Parse(revision.Json)!.AsObject();
        foreach (var member in new[] { "deploymentConfiguration", "propagateTags", "schedulingStrategy", "deploymentController", "enableECSManagedTags", "enableExecuteCommand", "availabilityZoneRebalancing" })
        {
            described.Remove(member);
        }

        var containers = store.Definitions.Find(revision.TaskDefinition)?.Read().Objects("containerDefinitions") ?? [];
        described["serviceRevisionArn"] = revision.Arn;
        described["serviceArn"] = revision.Service;
        described["clusterArn"] = revision.Cluster;
        described["taskDefinition"] = revision.TaskDefinition;
        described["launchType"] ??= described["capacityProviderStrategy"] is null ? "FARGATE" : null;
        described["platformVersion"] ??= "1.4.0";
        described["platformFamily"] = "Linux";
        described["createdAt"] = Time.Epoch(revision.CreatedAt);
        described["containerImages"] = new JsonArray([.. containers.Select(c =>
        {
            var image = new JsonObject { ["containerName"] = c.Text("name"), ["image"] = c.Text("image") };
            if (revision.Digests.GetValueOrDefault(c.Text("name") ?? "") is { } digest)
            {
                image["imageDigest"] = digest;
            }

            return image;
        })]);
        described["resolvedConfiguration"] = new JsonObject
        {
            ["loadBalancers"] = new JsonArray([.. ServiceLoadBalancer.Of(described).Zip(Placement.Of(revision)).Select(Resolved)]),
        };
        return described;
    }

    private static JsonObject Resolved((ServiceLoadBalancer Balancer, TargetBinding Binding) real)
    {
        var resolved = new JsonObject { ["targetGroupArn"] = real.Binding.TargetGroupArn };
        if (real.Balancer.ProductionRule is { } rule)
        {
            resolved["productionListenerRule"] = rule;
        }

        return resolved;
    }
}
