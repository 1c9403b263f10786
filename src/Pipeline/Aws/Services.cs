using Amazon.ECS.Model;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Aws;

/// <summary>ECS: services, how their deployments go, and their tasks. CloudFormation owns them; here they are read, and a deployment may be stopped.</summary>
/// <remarks>Every member throws <see cref="AwsRefusedException"/> or <see cref="AwsUnreachableException"/>.</remarks>
public sealed class Services(AwsConnection aws)
{
    private const int MostTasksAtOnce = 100;
    private readonly System.Collections.Concurrent.ConcurrentDictionary<string, TaskDefinitionState> _definitions = new(StringComparer.Ordinal);

    /// <summary>The service now; <c>null</c>: there is none, or it was deleted.</summary>
    /// <param name="cluster">name or ARN</param>
    /// <param name="service">name or ARN</param>
    public async Task<ServiceState?> Describe(string cluster, string service, CancellationToken cancel)
    {
        try
        {
            var answer = await aws.Ask(
                $"describe service '{service}'",
                () => aws.Ecs.DescribeServicesAsync(new DescribeServicesRequest { Cluster = cluster, Services = [service] }, cancel),
                cancel).ConfigureAwait(false);
            return answer.Services?.Where(s => s.Status != "INACTIVE").Select(ServiceReader.State).FirstOrDefault();
        }
        catch (AwsRefusedException e) when (e.Code == "ClusterNotFoundException")
        {
            return null;
        }
    }

    /// <summary>ARNs of a service's deployments, newest first.</summary>
    /// <param name="cluster">name or ARN</param>
    /// <param name="service">name or ARN</param>
    /// <param name="since">older ones are left out</param>
    public async Task<IReadOnlyList<string>> ListDeployments(string cluster, string service, DateTimeOffset since, CancellationToken cancel)
    {
        var deployments = await aws.AskAll(
            $"list the deployments of service '{service}'",
            token => aws.Ecs.ListServiceDeploymentsAsync(
                new ListServiceDeploymentsRequest { Cluster = cluster, Service = service, NextToken = token, CreatedAt = new CreatedAt { After = since.UtcDateTime } }, cancel),
            page => (page.ServiceDeployments, page.NextToken),
            cancel).ConfigureAwait(false);
        return [.. deployments.OrderByDescending(d => d.CreatedAt).Select(d => d.ServiceDeploymentArn)];
    }

    /// <summary>A deployment of a service now; <c>null</c>: there is none of that ARN.</summary>
    public async Task<ServiceDeploymentState?> DescribeDeployment(string deploymentArn, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"describe service deployment '{deploymentArn}'",
            () => aws.Ecs.DescribeServiceDeploymentsAsync(new DescribeServiceDeploymentsRequest { ServiceDeploymentArns = [deploymentArn] }, cancel),
            cancel).ConfigureAwait(false);
        return answer.ServiceDeployments?.Select(ServiceReader.Deployment).FirstOrDefault();
    }

    /// <summary>Stops a deployment of a service and brings the previous revision back.</summary>
    public Task RollBackDeployment(string deploymentArn, CancellationToken cancel) => aws.Ask(
        $"roll back service deployment '{deploymentArn}'",
        () => aws.Ecs.StopServiceDeploymentAsync(new StopServiceDeploymentRequest { ServiceDeploymentArn = deploymentArn, StopType = "ROLLBACK" }, cancel),
        cancel);

    /// <summary>Answers a PAUSE hook. ECS takes one answer a hook.</summary>
    /// <param name="deploymentArn">a deployment in progress</param>
    /// <param name="hook">see <see cref="LifecycleHookState.Id"/></param>
    /// <param name="action">what is to become of the deployment</param>
    /// <exception cref="AwsRefusedException">it does not wait at this hook (any more), among other reasons</exception>
    public Task AnswerHook(string deploymentArn, string hook, HookAction action, CancellationToken cancel) => aws.Ask(
        $"continue service deployment '{deploymentArn}' at hook '{hook}'",
        () => aws.Ecs.ContinueServiceDeploymentAsync(
            new ContinueServiceDeploymentRequest { ServiceDeploymentArn = deploymentArn, HookId = hook, Action = action == HookAction.Continue ? "CONTINUE" : "ROLLBACK" }, cancel),
        cancel);

    /// <summary>What a revision's tasks are made of: the proof of which digest runs; <c>null</c>: no such revision.</summary>
    public async Task<ServiceRevisionState?> DescribeRevision(string revisionArn, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"describe service revision '{revisionArn}'",
            () => aws.Ecs.DescribeServiceRevisionsAsync(new DescribeServiceRevisionsRequest { ServiceRevisionArns = [revisionArn] }, cancel),
            cancel).ConfigureAwait(false);
        return answer.ServiceRevisions?.Select(ServiceReader.Revision).FirstOrDefault();
    }

    /// <summary>A service's tasks: those that run or start, and those that stopped within the last hour.</summary>
    /// <param name="cluster">name or ARN</param>
    /// <param name="service">name</param>
    public Task<IReadOnlyList<TaskState>> Tasks(string cluster, string service, CancellationToken cancel) =>
        RunningAndStopped($"of service '{service}'", () => new ListTasksRequest { Cluster = cluster, ServiceName = service }, cancel);

    /// <summary>The tasks that were started under a name, see <see cref="RunTask"/>: those that run, and those that stopped within the last hour.</summary>
    /// <param name="cluster">name or ARN</param>
    /// <param name="startedBy">the name</param>
    public Task<IReadOnlyList<TaskState>> TasksStartedBy(string cluster, string startedBy, CancellationToken cancel) =>
        RunningAndStopped($"started by '{startedBy}'", () => new ListTasksRequest { Cluster = cluster, StartedBy = startedBy }, cancel);

    /// <summary>Runs one task that belongs to no service.</summary>
    /// <returns>it as it starts</returns>
    /// <exception cref="AwsRefusedException">ECS could not place it, among other reasons</exception>
    public async Task<TaskState> RunTask(OneOffTaskRequest request, CancellationToken cancel)
    {
        var answer = await aws.Ask(
            $"run a task of '{request.TaskDefinition}'",
            () => aws.Ecs.RunTaskAsync(
                new RunTaskRequest
                {
                    Cluster = request.Cluster,
                    TaskDefinition = request.TaskDefinition,
                    LaunchType = "FARGATE",
                    Count = 1,
                    StartedBy = request.StartedBy,
                    ClientToken = request.ClientToken,
                    PropagateTags = "TASK_DEFINITION",
                    NetworkConfiguration = new NetworkConfiguration
                    {
                        AwsvpcConfiguration = new AwsVpcConfiguration
                        {
                            Subnets = [.. request.Subnets],
                            SecurityGroups = [.. request.SecurityGroups],
                            AssignPublicIp = request.PublicAddress ? "ENABLED" : "DISABLED",
                        },
                    },
                },
                cancel),
            cancel).ConfigureAwait(false);
        return answer.Tasks is [var task, ..]
            ? ServiceReader.Task(task, await DescribeTaskDefinition(task.TaskDefinitionArn, cancel).ConfigureAwait(false))
            : throw new AwsRefusedException($"ECS did not start a task of {request.TaskDefinition}.", answer.Failures is [var failure, ..] ? failure.Reason : "NoTask");
    }

    /// <summary>Stops a task.</summary>
    /// <param name="reason">for people who look at it later</param>
    public Task StopTask(string cluster, string task, string reason, CancellationToken cancel) => aws.Ask(
        $"stop task '{task}'",
        () => aws.Ecs.StopTaskAsync(new StopTaskRequest { Cluster = cluster, Task = task, Reason = reason }, cancel),
        cancel);

    /// <summary>Tasks as they are now; those that AWS has forgotten are missing.</summary>
    /// <param name="cluster">name or ARN</param>
    /// <param name="arns">their ARNs</param>
    public async Task<IReadOnlyList<TaskState>> DescribeTasks(string cluster, IEnumerable<string> arns, CancellationToken cancel)
    {
        var tasks = new List<TaskState>();
        foreach (var some in arns.Distinct(StringComparer.Ordinal).Chunk(MostTasksAtOnce))
        {
            var answer = await aws.Ask(
                $"describe {some.Length} tasks of cluster '{cluster}'",
                () => aws.Ecs.DescribeTasksAsync(new DescribeTasksRequest { Cluster = cluster, Tasks = [.. some] }, cancel),
                cancel).ConfigureAwait(false);
            foreach (var task in answer.Tasks ?? [])
            {
                tasks.Add(ServiceReader.Task(task, await DescribeTaskDefinition(task.TaskDefinitionArn, cancel).ConfigureAwait(false)));
            }
        }

        return tasks;
    }

    /// <summary>A task definition. They never change, so each is asked for once.</summary>
    /// <param name="taskDefinition">ARN, or family and revision</param>
    public async Task<TaskDefinitionState> DescribeTaskDefinition(string taskDefinition, CancellationToken cancel)
    {
        if (_definitions.TryGetValue(taskDefinition, out var known))
        {
            return known;
        }

        var answer = await aws.Ask(
            $"describe task definition '{taskDefinition}'",
            () => aws.Ecs.DescribeTaskDefinitionAsync(new DescribeTaskDefinitionRequest { TaskDefinition = taskDefinition }, cancel),
            cancel).ConfigureAwait(false);
        var definition = ServiceReader.Definition(answer.TaskDefinition);
        return _definitions[definition.Arn] = definition;
    }

    /// <summary>ECS lists one desired status at a time.</summary>
    private async Task<IReadOnlyList<TaskState>> RunningAndStopped(string which, Func<ListTasksRequest> filter, CancellationToken cancel)
    {
        var arns = new List<string>();
        foreach (var desired in new[] { "RUNNING", "STOPPED" })
        {
            arns.AddRange(await aws.AskAll(
                $"list the tasks {which}",
                token =>
                {
                    var request = filter();
                    (request.DesiredStatus, request.NextToken) = (desired, token);
                    return aws.Ecs.ListTasksAsync(request, cancel);
                },
                page => (page.TaskArns, page.NextToken),
                cancel).ConfigureAwait(false));
        }

        return await DescribeTasks(filter().Cluster, arns, cancel).ConfigureAwait(false);
    }
}
