namespace Pipeline.Aws;

/// <summary>The services of one account and region that the pipeline uses.</summary>
/// <param name="connection">where they answer and who asks</param>
public sealed class AwsAccount(AwsConnection connection)
{
    /// <summary>Its own number, twelve digits.</summary>
    public string Id => connection.Account;

    /// <summary>Of the embedded cloud; <c>null</c>: AWS.</summary>
    public Uri? Endpoint => connection.Endpoint;

    /// <summary>How often a wait asks again.</summary>
    public TimeSpan PollInterval => connection.PollInterval;

    /// <summary>CloudFormation.</summary>
    public Stacks Stacks { get; } = new(connection);

    /// <summary>ECS.</summary>
    public Services Services { get; } = new(connection);

    /// <summary>Elastic Load Balancing.</summary>
    public TargetGroups TargetGroups { get; } = new(connection);

    /// <summary>CloudWatch Logs.</summary>
    public TaskLogs TaskLogs { get; } = new(connection);

    /// <summary>ECR.</summary>
    public Registry Registry { get; } = new(connection);

    /// <summary>STS.</summary>
    public Identity Identity { get; } = new(connection);

    /// <summary>S3: a bucket of JSON documents, made if it is not there.</summary>
    public async Task<ObjectStore> Store(string bucket, CancellationToken cancel)
    {
        var store = new ObjectStore(connection, bucket);
        await store.EnsureBucket(cancel).ConfigureAwait(false);
        return store;
    }

    /// <summary>The ECS services that a stack runs; none where there is no such stack.</summary>
    public async Task<IReadOnlyList<ServiceState>> ServicesOf(string stack, CancellationToken cancel)
    {
        if (await Stacks.Describe(stack, cancel).ConfigureAwait(false) is null)
        {
            return [];
        }

        // arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME
        var arns = (await Stacks.Resources(stack, cancel).ConfigureAwait(false)).Values.Where(id => id.Contains(":service/", StringComparison.Ordinal) && id.StartsWith("arn:", StringComparison.Ordinal));
        var services = await Task.WhenAll(arns.Select(arn => Services.Describe(arn.Split('/')[1], arn, cancel))).ConfigureAwait(false);
        return [.. services.OfType<ServiceState>()];
    }

    /// <summary>The tasks of a service that run now, of every revision.</summary>
    public async Task<IReadOnlyList<TaskState>> RunningTasks(ServiceState service, CancellationToken cancel) =>
        [.. (await Services.Tasks(service.ClusterArn, service.Name, cancel).ConfigureAwait(false)).Where(t => t.Status == "RUNNING")];
}
