using Pipeline.Approvals;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>The services of one account and region that the pipeline uses.</summary>
/// <param name="connection">where they answer and who asks</param>
public sealed class AwsAccount(AwsConnection connection)
{
    /// <summary>A statement of the policy that the bootstrap stack gives the ledger's bucket.</summary>
    internal const string BootstrapMark = "OnlyEncryptedConnections";

    /// <summary>Its own number, twelve digits.</summary>
    public string Id => connection.Account;

    /// <summary>E.g. <c>eu-central-1</c>.</summary>
    public string Region => connection.Region;

    /// <summary>Of the embedded cloud; <c>null</c>: AWS.</summary>
    public Uri? Endpoint => connection.Endpoint;

    /// <summary>Not the embedded cloud.</summary>
    public bool IsAws => connection.Endpoint is null;

    /// <summary>For people: where requests go.</summary>
    public string Place => connection.Place;

    /// <summary>How often a wait asks again.</summary>
    public TimeSpan PollInterval => connection.PollInterval;

    /// <summary>CloudFormation.</summary>
    public Stacks Stacks { get; } = new(connection);

    /// <summary>ECS.</summary>
    public Services Services { get; } = new(connection);

    /// <summary>ECS, as trees to compare.</summary>
    public EcsShapes Shapes { get; } = new(connection);

    /// <summary>Elastic Load Balancing.</summary>
    public TargetGroups TargetGroups { get; } = new(connection);

    /// <summary>CloudWatch Logs.</summary>
    public TaskLogs TaskLogs { get; } = new(connection);

    /// <summary>ECR.</summary>
    public Registry Registry { get; } = new(connection);

    /// <summary>CloudFormation: what stacks export.</summary>
    public StackExports Exports { get; } = new(connection);

    /// <summary>IAM.</summary>
    public RolePolicies Roles { get; } = new(connection);

    /// <summary>Secrets Manager and SSM.</summary>
    public StoredSecrets Secrets { get; } = new(connection);

    /// <summary>SSM: what is no secret.</summary>
    public StoredParameters Parameters { get; } = new(connection);

    /// <summary>ECS: whole task definitions.</summary>
    public TaskDefinitions TaskDefinitions { get; } = new(connection);

    /// <summary>RDS.</summary>
    public Databases Databases { get; } = new(connection);

    /// <summary>CloudWatch.</summary>
    public Alarms Alarms { get; } = new(connection);

    /// <summary>CloudWatch: what was measured.</summary>
    public Metrics Metrics { get; } = new(connection);

    /// <summary>Application Auto Scaling.</summary>
    public ScalableTargets Scaling { get; } = new(connection);

    /// <summary>How much of the account is used.</summary>
    public Quotas Quotas { get; } = new(connection);

    /// <summary>SNS.</summary>
    public Topics Topics { get; } = new(connection);

    /// <summary>STS.</summary>
    public Identity Identity { get; } = new(connection);

    /// <summary>S3: a bucket of JSON documents that may not be there.</summary>
    public ObjectStore Bucket(string name) => new(connection, name);

    /// <summary>S3: a bucket of JSON documents. The embedded cloud's is made if it is not there; on AWS it is part of the bootstrap stack.</summary>
    /// <param name="environment">who asks, for the message</param>
    /// <exception cref="PipelineException">AWS has no such bucket (3)</exception>
    public async Task<ObjectStore> Store(string bucket, string environment, CancellationToken cancel)
    {
        var store = new ObjectStore(connection, bucket);
        if (!IsAws)
        {
            await store.EnsureBucket(cancel).ConfigureAwait(false);
            await store.EnsurePolicy(VotePolicy.OfEmbeddedCloud(bucket, Id), BootstrapMark, cancel).ConfigureAwait(false);
        }
        else if (!await store.Exists(cancel).ConfigureAwait(false))
        {
            throw new PipelineException(
                ExitCode.Refused,
                $"REFUSED: account {Id} has no bucket '{bucket}' in {Region}, where releases are recorded.",
                new Detail("why", "it is private, encrypted and versioned, so the bootstrap stack makes it, not a deployment"),
                new Detail(environment, "untouched"),
                new Detail("next", $"./build.sh --target=Bootstrap --environment={environment}, once for each account and region (docs/aws.md)"));
        }

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
