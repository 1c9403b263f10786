using Amazon.ECS;
using Amazon.ECS.Model;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Aws.Contracts;

internal static class EcsScenarios
{
    private const string NoDeployments = "service deployments and revisions are not implemented";

    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("ecs", "clusters", "CreateCluster DescribeClusters ListClusters DeleteCluster", Clusters),
        new("ecs", "task definitions", "RegisterTaskDefinition DescribeTaskDefinition DeregisterTaskDefinition ListTaskDefinitions ListTaskDefinitionFamilies", Definitions),
        new("ecs", "services", "CreateCluster RegisterTaskDefinition CreateService DescribeServices ListServices UpdateService DeleteService", Services),
        new("ecs", "tasks", "CreateCluster RegisterTaskDefinition RunTask DescribeTasks ListTasks StopTask", Tasks) { NotOnMoto = "tells a container's cpu as a number, which is a text" },
        new("ecs", "tasks that are not there", "CreateCluster DescribeTasks ListTasks", NoTasks),
        new("ecs", "tags", "CreateCluster TagResource ListTagsForResource UntagResource", Tags),
        new("ecs", "deployments", "CreateCluster RegisterTaskDefinition CreateService UpdateService ListServiceDeployments DescribeServiceDeployments DescribeServiceRevisions StopServiceDeployment", Deployments)
            { NotOnMoto = NoDeployments },
        new("ecs", "pauses", "CreateCluster RegisterTaskDefinition CreateService ListServiceDeployments DescribeServiceDeployments ContinueServiceDeployment", Pauses)
            { NotOnMoto = NoDeployments },
    ];

    private static async Task Clusters(ContractClients on)
    {
        var made = (await on.Ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = on.Name })).Cluster;
        var described = await on.Ecs.DescribeClustersAsync(new DescribeClustersRequest { Clusters = [on.Name, $"{on.Name}x"] });
        var arns = new List<string>();
        await foreach (var arn in on.Ecs.Paginators.ListClusters(new ListClustersRequest()).ClusterArns)
        {
            arns.Add(arn);
        }

        var deleted = (await on.Ecs.DeleteClusterAsync(new DeleteClusterRequest { Cluster = made.ClusterArn })).Cluster;

        Assert.Multiple(() =>
        {
            Assert.That((made.ClusterName, made.Status), Is.EqualTo((on.Name, "ACTIVE")));
            Assert.That(made.ClusterArn, Is.EqualTo($"arn:aws:ecs:{Moto.Region}:123456789012:cluster/{on.Name}"));
            Assert.That(described.Clusters.Select(c => c.ClusterArn), Is.EqualTo(new[] { made.ClusterArn }));
            Assert.That(described.Failures.Single().Reason, Is.EqualTo("MISSING"));
            Assert.That(arns, Does.Contain(made.ClusterArn));
            Assert.That(deleted.Status, Is.EqualTo("INACTIVE"));
        });
        Assert.ThrowsAsync<ClusterNotFoundException>(() => on.Ecs.ListTasksAsync(new ListTasksRequest { Cluster = $"{on.Name}x" }));
    }

    private static async Task Definitions(ContractClients on)
    {
        var first = await Register(on);
        var second = await Register(on);
        var newest = (await on.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = on.Name })).TaskDefinition;
        var arns = (await on.Ecs.ListTaskDefinitionsAsync(new ListTaskDefinitionsRequest { FamilyPrefix = on.Name })).TaskDefinitionArns;
        var families = (await on.Ecs.ListTaskDefinitionFamiliesAsync(new ListTaskDefinitionFamiliesRequest { FamilyPrefix = on.Name })).Families;
        var gone = (await on.Ecs.DeregisterTaskDefinitionAsync(new DeregisterTaskDefinitionRequest { TaskDefinition = second.TaskDefinitionArn })).TaskDefinition;
        var left = (await on.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = second.TaskDefinitionArn })).TaskDefinition;

        Assert.Multiple(() =>
        {
            Assert.That((first.Family, first.Revision, second.Revision), Is.EqualTo((on.Name, 1, 2)));
            Assert.That(newest.TaskDefinitionArn, Is.EqualTo(second.TaskDefinitionArn));
            Assert.That(newest.ContainerDefinitions.Single().Environment.Single().Value, Is.EqualTo("1"));
            Assert.That(arns, Is.EqualTo(new[] { first.TaskDefinitionArn, second.TaskDefinitionArn }));
            Assert.That(families, Is.EqualTo(new[] { on.Name }));
            Assert.That((gone.Status, left.Status), Is.EqualTo((TaskDefinitionStatus.INACTIVE, TaskDefinitionStatus.INACTIVE)));
        });
        Assert.ThrowsAsync<ClientException>(() => on.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = $"{on.Name}:9" }));
    }

    private static async Task Services(ContractClients on)
    {
        var definition = await Ground(on);
        var made = (await on.Ecs.CreateServiceAsync(new CreateServiceRequest { Cluster = on.Name, ServiceName = "web", TaskDefinition = definition, DesiredCount = 1, LaunchType = LaunchType.FARGATE })).Service;
        var described = await on.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = on.Name, Services = ["web", "none"] });
        var arns = (await on.Ecs.ListServicesAsync(new ListServicesRequest { Cluster = on.Name })).ServiceArns;
        var updated = (await on.Ecs.UpdateServiceAsync(new UpdateServiceRequest { Cluster = on.Name, Service = "web", DesiredCount = 0 })).Service;
        await on.Ecs.DeleteServiceAsync(new DeleteServiceRequest { Cluster = on.Name, Service = "web", Force = true });

        Assert.Multiple(() =>
        {
            Assert.That((made.ServiceName, made.Status, made.DesiredCount), Is.EqualTo(("web", "ACTIVE", 1)));
            Assert.That(made.Deployments.Single().TaskDefinition, Is.EqualTo(definition));
            Assert.That(made.Deployments.Single().Status, Is.EqualTo("PRIMARY"));
            Assert.That(described.Services.Single().ServiceArn, Is.EqualTo(made.ServiceArn));
            Assert.That(described.Failures.Single().Reason, Is.EqualTo("MISSING"));
            Assert.That(arns, Is.EqualTo(new[] { made.ServiceArn }));
            Assert.That(updated.DesiredCount, Is.Zero);
        });
        Assert.ThrowsAsync<ServiceNotFoundException>(() => on.Ecs.UpdateServiceAsync(new UpdateServiceRequest { Cluster = on.Name, Service = "none", DesiredCount = 0 }));
    }

    private static async Task Tasks(ContractClients on)
    {
        var definition = await Ground(on);
        var task = (await on.Ecs.RunTaskAsync(new RunTaskRequest
        {
            Cluster = on.Name,
            TaskDefinition = definition,
            LaunchType = LaunchType.FARGATE,
            StartedBy = "contract",
            NetworkConfiguration = new NetworkConfiguration { AwsvpcConfiguration = new AwsVpcConfiguration { Subnets = ["subnet-1"] } },
        })).Tasks.Single();
        var listed = (await on.Ecs.ListTasksAsync(new ListTasksRequest { Cluster = on.Name, DesiredStatus = DesiredStatus.STOPPED })).TaskArns ?? [];
        await on.Ecs.StopTaskAsync(new StopTaskRequest { Cluster = on.Name, Task = task.TaskArn, Reason = "enough" });
        Amazon.ECS.Model.Task? stopped = null;
        await Poll.Until(async () => (stopped = (await on.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = on.Name, Tasks = [task.TaskArn] })).Tasks.Single()).LastStatus == "STOPPED", "the task stops");

        Assert.Multiple(() =>
        {
            Assert.That((task.TaskDefinitionArn, task.StartedBy, task.LaunchType), Is.EqualTo((definition, "contract", LaunchType.FARGATE)));
            Assert.That(task.Containers.Single().Name, Is.EqualTo("web"));
            Assert.That(listed, Is.Empty.Or.EqualTo(new[] { task.TaskArn }));
            Assert.That(stopped!.DesiredStatus, Is.EqualTo("STOPPED"));
        });
    }

    private static async Task NoTasks(ContractClients on)
    {
        await on.Ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = on.Name });
        var described = await on.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = on.Name, Tasks = ["0123456789abcdef0123456789abcdef"] });

        Assert.That((await on.Ecs.ListTasksAsync(new ListTasksRequest { Cluster = on.Name })).TaskArns ?? [], Is.Empty);
        Assert.That(described.Tasks ?? [], Is.Empty);
        // On moto a task that is not there is not even a failure.
        Assert.That((described.Failures ?? []).Select(f => f.Reason), Is.All.EqualTo("MISSING"));
    }

    private static async Task Tags(ContractClients on)
    {
        var arn = (await on.Ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = on.Name, Tags = [new Tag { Key = "owner", Value = "shop" }] })).Cluster.ClusterArn;
        await on.Ecs.TagResourceAsync(new TagResourceRequest { ResourceArn = arn, Tags = [new Tag { Key = "version", Value = "1" }] });
        await on.Ecs.UntagResourceAsync(new UntagResourceRequest { ResourceArn = arn, TagKeys = ["owner"] });

        Assert.That((await on.Ecs.ListTagsForResourceAsync(new ListTagsForResourceRequest { ResourceArn = arn })).Tags.Select(t => (t.Key, t.Value)), Is.EqualTo(new[] { ("version", "1") }));
    }

    private static async Task Deployments(ContractClients on)
    {
        var definition = await Ground(on);
        var service = (await on.Ecs.CreateServiceAsync(new CreateServiceRequest { Cluster = on.Name, ServiceName = "web", TaskDefinition = definition, DesiredCount = 0 })).Service.ServiceArn;
        await Poll.Until(async () => (await Brief()).Status == ServiceDeploymentStatus.SUCCESSFUL, "the first deployment ends");
        await on.Ecs.UpdateServiceAsync(new UpdateServiceRequest { Cluster = on.Name, Service = service, ForceNewDeployment = true, DesiredCount = 1 });
        var second = await Brief();
        var described = (await on.Ecs.DescribeServiceDeploymentsAsync(new DescribeServiceDeploymentsRequest { ServiceDeploymentArns = [second.ServiceDeploymentArn] })).ServiceDeployments.Single();
        var revision = (await on.Ecs.DescribeServiceRevisionsAsync(new DescribeServiceRevisionsRequest { ServiceRevisionArns = [described.TargetServiceRevision.Arn] })).ServiceRevisions.Single();
        var stopped = await on.Ecs.StopServiceDeploymentAsync(new StopServiceDeploymentRequest { ServiceDeploymentArn = second.ServiceDeploymentArn, StopType = StopServiceDeploymentStopType.ROLLBACK });

        Assert.Multiple(() =>
        {
            Assert.That((second.Status, described.Status), Is.EqualTo((ServiceDeploymentStatus.IN_PROGRESS, ServiceDeploymentStatus.IN_PROGRESS)));
            Assert.That(described.SourceServiceRevisions, Has.Count.EqualTo(1));
            Assert.That(revision.TaskDefinition, Is.EqualTo(definition));
            Assert.That(revision.ContainerImages.Single().ContainerName, Is.EqualTo("web"));
            Assert.That(stopped.ServiceDeploymentArn, Is.EqualTo(second.ServiceDeploymentArn));
        });

        async Task<ServiceDeploymentBrief> Brief() => (await on.Ecs.ListServiceDeploymentsAsync(new ListServiceDeploymentsRequest { Cluster = on.Name, Service = service })).ServiceDeployments[0];
    }

    private static async Task Pauses(ContractClients on)
    {
        var service = (await on.Ecs.CreateServiceAsync(new CreateServiceRequest
        {
            Cluster = on.Name,
            ServiceName = "web",
            TaskDefinition = await Ground(on),
            DesiredCount = 0,
            DeploymentConfiguration = new DeploymentConfiguration
            {
                Strategy = DeploymentStrategy.LINEAR,
                BakeTimeInMinutes = 0,
                LinearConfiguration = new LinearConfiguration { StepPercent = 50.5, StepBakeTimeInMinutes = 0 },
                LifecycleHooks =
                [
                    new DeploymentLifecycleHook
                    {
                        TargetType = DeploymentLifecycleHookTargetType.PAUSE,
                        LifecycleStages = ["PRE_SCALE_UP"],
                        TimeoutConfiguration = new DeploymentLifecycleHookTimeoutConfiguration { TimeoutInMinutes = 60, Action = DeploymentLifecycleHookAction.ROLLBACK },
                    },
                ],
            },
        })).Service;
        var arn = (await on.Ecs.ListServiceDeploymentsAsync(new ListServiceDeploymentsRequest { Cluster = on.Name, Service = service.ServiceArn })).ServiceDeployments.Single().ServiceDeploymentArn;
        ServiceDeployment? paused = null;
        await Poll.Until(async () => (paused = await Deployment()).LifecycleHookDetails is { Count: > 0 }, "the deployment pauses");
        var hook = paused!.LifecycleHookDetails.Single();
        var answered = await on.Ecs.ContinueServiceDeploymentAsync(new ContinueServiceDeploymentRequest { ServiceDeploymentArn = arn, HookId = hook.HookId, Action = DeploymentLifecycleHookAction.CONTINUE });
        ServiceDeployment? ended = null;
        await Poll.Until(async () => (ended = await Deployment()).Status == ServiceDeploymentStatus.SUCCESSFUL, "the deployment ends");

        Assert.Multiple(() =>
        {
            Assert.That((paused.Status, paused.LifecycleStage), Is.EqualTo((ServiceDeploymentStatus.IN_PROGRESS, ServiceDeploymentLifecycleStage.PRE_SCALE_UP)));
            Assert.That((hook.TargetType, hook.Status, hook.TimeoutAction), Is.EqualTo((DeploymentLifecycleHookTargetType.PAUSE, DeploymentLifecycleHookStatus.AWAITING_ACTION, DeploymentLifecycleHookAction.ROLLBACK)));
            Assert.That(hook.ExpiresAt > paused.CreatedAt);
            Assert.That(answered.ServiceDeploymentArn, Is.EqualTo(arn));
            Assert.That(ended!.LifecycleHookDetails.Single().Status, Is.EqualTo(DeploymentLifecycleHookStatus.SUCCEEDED));
            Assert.That((service.DeploymentConfiguration.Strategy, service.DeploymentConfiguration.LinearConfiguration.StepPercent), Is.EqualTo((DeploymentStrategy.LINEAR, (double?)50.5)));
        });
        Assert.ThrowsAsync<ServiceDeploymentNotFoundException>(() => on.Ecs.ContinueServiceDeploymentAsync(new ContinueServiceDeploymentRequest { ServiceDeploymentArn = $"{arn}x", HookId = hook.HookId }));
        Assert.ThrowsAsync<InvalidParameterException>(() => on.Ecs.ContinueServiceDeploymentAsync(new ContinueServiceDeploymentRequest { ServiceDeploymentArn = arn, HookId = hook.HookId }));

        async Task<ServiceDeployment> Deployment() => (await on.Ecs.DescribeServiceDeploymentsAsync(new DescribeServiceDeploymentsRequest { ServiceDeploymentArns = [arn] })).ServiceDeployments.Single();
    }

    private static async Task<string> Ground(ContractClients on)
    {
        await on.Ecs.CreateClusterAsync(new CreateClusterRequest { ClusterName = on.Name });
        return (await Register(on)).TaskDefinitionArn;
    }

    /// <summary>Its image is nowhere: what is checked is what the API answers, not what tasks do.</summary>
    private static async Task<TaskDefinition> Register(ContractClients on) => (await on.Ecs.RegisterTaskDefinitionAsync(new RegisterTaskDefinitionRequest
    {
        Family = on.Name,
        NetworkMode = NetworkMode.Awsvpc,
        RequiresCompatibilities = ["FARGATE"],
        Cpu = "256",
        Memory = "512",
        ContainerDefinitions = [new ContainerDefinition { Name = "web", Image = "nowhere/web:1", Memory = 512, Environment = [new Amazon.ECS.Model.KeyValuePair { Name = "A", Value = "1" }] }],
    })).TaskDefinition;
}
