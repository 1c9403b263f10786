using System.Text.Json.Nodes;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary><c>AWS::ECS::Service</c>: made and changed when its deployment has ended, one way or the other.</summary>
internal sealed class ServiceType(EcsStore store, ServiceOperations services, ServiceSchedulers schedulers, TimeProvider clock, double timeScale)
{
    private const string Breaker = "(Type: AWS::ECS::Service) Resource handler returned message: \"Error occurred during operation 'ECS Deployment Circuit Breaker was triggered'.\" (HandlerErrorCode: GeneralServiceException)";
    private static readonly string[] OwnerTags = ["aws:cloudformation:stack-id", "aws:cloudformation:logical-id"];
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);

    /// <summary>CloudFormation waits three hours for a service, beyond what its deployment pauses on purpose; a rehearsal need not wait for longer than this.</summary>
    private readonly TimeSpan _patience = TimeSpan.FromHours(3) / Math.Max(timeScale, 1);

    public ResourceType Type => new("AWS::ECS::Service")
    {
        Properties = "ServiceName! Cluster! LaunchType! SchedulingStrategy! DeploymentController(Type) TaskDefinition DesiredCount PlatformVersion HealthCheckGracePeriodSeconds EnableExecuteCommand EnableECSManagedTags PropagateTags AvailabilityZoneRebalancing"
            + " ServiceRegistries(RegistryArn Port ContainerName ContainerPort) LoadBalancers(TargetGroupArn ContainerName ContainerPort AdvancedConfiguration(AlternateTargetGroupArn ProductionListenerRule TestListenerRule RoleArn)) NetworkConfiguration(AwsvpcConfiguration(Subnets SecurityGroups AssignPublicIp)) CapacityProviderStrategy(Base Weight CapacityProvider)"
            + " DeploymentConfiguration(MinimumHealthyPercent MaximumPercent Strategy BakeTimeInMinutes DeploymentCircuitBreaker(Enable Rollback) Alarms(AlarmNames Enable Rollback)"
            + " LinearConfiguration(StepPercent StepBakeTimeInMinutes) CanaryConfiguration(CanaryPercent CanaryBakeTimeInMinutes)"
            + " LifecycleHooks(TargetType HookTargetArn RoleArn LifecycleStages HookDetails(*) TimeoutConfiguration(TimeoutInMinutes Action))) Tags(Key Value)",
        Required = "TaskDefinition",
        Create = request => ResourceCalls.Refusals(() => Create(request)),
        Update = request => ResourceCalls.Refusals(() => Update(request)),
        Read = request => Task.FromResult(store.Services.Find(request.PhysicalId) is not { Status: not "INACTIVE" } live ? null : new JsonObject
        {
            ["ServiceName"] = live.Name, ["DesiredCount"] = live.DesiredCount, ["TaskDefinition"] = store.Revisions.Find(live.Primary.Revision)?.TaskDefinition,
        }),
        Delete = request => ResourceCalls.Refusals(() => Delete(request)),
    };

    private Task<Resource> Create(ResourceRequest request)
    {
        var body = Members.FromProperties(request.Properties);
        body["serviceName"] ??= request.GeneratedName(255);
        body["desiredCount"] ??= 1;
        var owner = new Dictionary<string, string>(request.AllTags()) { ["aws:cloudformation:stack-id"] = request.Stack.Id, ["aws:cloudformation:logical-id"] = request.LogicalId };
        body["tags"] = Tags.Write(owner);
        // A step that was interrupted is taken again: the service it made already is the one it would make.
        var service = store.FindCluster(body.Text("cluster")) is { } cluster && store.FindService(cluster, body.Text("serviceName")!) is { Status: "ACTIVE" } made && IsOf(made, owner)
            ? made
            : services.Create(request.Call("CreateService", body));
        // Known from here on: a service that never gets steady must be deleted by the stack's rollback.
        request.Initiated(service.Arn);
        return Steady(service, request.Cancel);
    }

    private Task<Resource> Update(ResourceRequest request)
    {
        var found = store.Services.Find(request.PhysicalId) ?? throw new AwsException("ServiceNotFoundException", "Service not found.");
        var body = Members.FromProperties(request.Properties);
        body["service"] = found.Arn;
        body["cluster"] = found.Cluster;
        body.Remove("tags");
        if (body.Object("deploymentConfiguration") is { } configuration)
        {
            // What a template leaves out is not to stay as it was.
            configuration["strategy"] ??= "ROLLING";
        }

        var service = services.Update(request.Call("UpdateService", body));
        return Steady(service, request.Cancel);
    }

    private async Task<bool> Delete(ResourceRequest request)
    {
        if (store.Services.Find(request.PhysicalId) is { Status: not "INACTIVE" } found)
        {
            if (found.Status == "ACTIVE")
            {
                services.Delete(request.Call("DeleteService", new JsonObject { ["cluster"] = found.Cluster, ["service"] = found.Arn, ["force"] = true }));
            }

            await Until(_patience, () => store.Services.Find(found.Arn) is null or { Status: "INACTIVE" }, request.Cancel);
        }

        return true;
    }

    private async Task<Resource> Steady(ServiceRecord service, CancellationToken cancel)
    {
        // What counts is the deployment this step began, or the one that was there when it began none.
        var followed = service.Primary.ServiceDeployment;
        var pauses = ShiftPlan.Of(JsonNode.Parse(store.Deployments.Find(followed)!.Configuration)!.AsObject(), Math.Max(timeScale, 1)).Pauses;
        await Until(_patience + pauses, () => !store.Deployments.Find(followed)!.IsOngoing && (store.Deployments.Find(followed)!.Status != "SUCCESSFUL" || schedulers.Find(service.Arn)?.IsSteady != false), cancel);
        var ended = store.Deployments.Find(followed)!;
        return ended switch
        {
            { Status: "SUCCESSFUL" } => Answer(service),
            // An update back to what a rollback has restored already finds it steady.
            { Status: "ROLLBACK_SUCCESSFUL" } when service.Primary.RolloutState == "COMPLETED" => Answer(service),
            { Breaker.Status: "TRIGGERED" } => throw new ResourceFailure(Breaker),
            _ => throw new ResourceFailure($"Resource handler returned message: \"Error occurred during operation 'ECS Deployment {ended.Status}: {ended.StatusReason}'.\" (HandlerErrorCode: GeneralServiceException)"),
        };
    }

    private static bool IsOf(ServiceRecord service, Dictionary<string, string> owner) =>
        OwnerTags.All(name => service.Tags.GetValueOrDefault(name) == owner[name]);

    private async Task Until(TimeSpan patience, Func<bool> done, CancellationToken cancel)
    {
        var deadline = clock.GetUtcNow() + patience;
        while (!done())
        {
            if (clock.GetUtcNow() > deadline)
            {
                throw new ResourceFailure("Resource handler returned message: \"Exceeded attempts to wait\" (HandlerErrorCode: NotStabilized)");
            }

            await Task.Delay(Poll, clock, cancel);
        }
    }

    private static Resource Answer(ServiceRecord service) => new(service.Arn, new Dictionary<string, string> { ["Name"] = service.Name, ["ServiceArn"] = service.Arn });
}
