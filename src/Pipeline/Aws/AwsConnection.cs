using Amazon;
using Amazon.ApplicationAutoScaling;
using Amazon.CloudFormation;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.ECR;
using Amazon.ECS;
using Amazon.ElasticLoadBalancingV2;
using Amazon.IdentityManagement;
using Amazon.RDS;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.S3;
using Amazon.SecretsManager;
using Amazon.SecurityToken;
using Amazon.SimpleNotificationService;
using Amazon.SimpleSystemsManagement;

namespace Pipeline.Aws;

/// <summary>
/// Where the AWS APIs answer and who asks. Clients are made when first used and never touch the process's environment.
/// Everything in this folder is built on one; the rest of the product sees only the folder's own types.
/// </summary>
public sealed class AwsConnection : IDisposable
{
    private static readonly TimeSpan ConnectTimeout = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan AnswerTimeout = TimeSpan.FromSeconds(30);
    private const int StandardAttempts = 7;

    private readonly AwsKey? _key;
    private readonly Lazy<AWSCredentials> _credentials;
    private readonly List<IDisposable> _clients = [];
    private readonly Lock _lock = new();

    private AwsConnection(Uri? endpoint, string region, string account, AwsKey? key)
    {
        (Endpoint, Region, Account, _key) = (endpoint, region, account, key);
        _credentials = new Lazy<AWSCredentials>(() => _key is null ? AwsCredentialChain.Find() : new BasicAWSCredentials(_key.Id, _key.Secret));
    }

    /// <summary>The embedded cloud on <c>127.0.0.1</c>.</summary>
    /// <param name="port">it listens there</param>
    /// <param name="region">of the environment; part of every ARN</param>
    /// <param name="account">twelve digits</param>
    /// <param name="key">who asks; <c>null</c>: the developer</param>
    public static AwsConnection ToEmbeddedCloud(int port, string region, string account, AwsKey? key = null) =>
        new(new Uri($"http://127.0.0.1:{port}"), region, account, key ?? AwsKey.EmbeddedCloudDeveloper);

    /// <summary>
    /// AWS, with the credentials that the AWS CLI would find. <c>AWS_ENDPOINT_URL</c>, <c>AWS_ENDPOINT_URL_SERVICE</c>, <c>AWS_PROFILE</c>,
    /// <c>AWS_RETRY_MODE</c> and <c>AWS_MAX_ATTEMPTS</c> mean what they mean to the CLI.
    /// </summary>
    /// <param name="region">of the environment; a region in the surroundings does not count</param>
    /// <param name="account">twelve digits; <see cref="Identity.Demand"/> says whether the credentials belong to it</param>
    public static AwsConnection ToAws(string region, string account) => new(null, region, account, null);

    /// <summary>Of the embedded cloud; <c>null</c>: AWS.</summary>
    public Uri? Endpoint { get; }

    /// <summary>For people: where requests go.</summary>
    public string Place => Endpoint is { } local ? $"the embedded cloud at {local.ToString().TrimEnd('/')}"
        : Environment.GetEnvironmentVariable("AWS_ENDPOINT_URL") is { Length: > 0 } elsewhere ? $"AWS in {Region} (AWS_ENDPOINT_URL={elsewhere})"
        : $"AWS in {Region}";

    /// <summary>E.g. <c>eu-central-1</c>.</summary>
    public string Region { get; }

    /// <summary>Twelve digits.</summary>
    public string Account { get; }

    /// <summary>How often a wait asks again: the embedded cloud is near, AWS counts requests.</summary>
    public TimeSpan PollInterval => Endpoint is null ? TimeSpan.FromSeconds(2) : TimeSpan.FromMilliseconds(100);

    internal IAmazonS3 S3 => field ??= Keep(new AmazonS3Client(_credentials.Value, Configured(new AmazonS3Config { ForcePathStyle = Endpoint is not null })));

    internal IAmazonSecurityTokenService Sts => field ??= Keep(new AmazonSecurityTokenServiceClient(_credentials.Value, Configured(new AmazonSecurityTokenServiceConfig())));

    internal IAmazonECS Ecs => field ??= Keep(new AmazonECSClient(_credentials.Value, Configured(new AmazonECSConfig())));

    internal IAmazonCloudFormation CloudFormation => field ??= Keep(new AmazonCloudFormationClient(_credentials.Value, Configured(new AmazonCloudFormationConfig())));

    internal IAmazonElasticLoadBalancingV2 LoadBalancing => field ??= Keep(new AmazonElasticLoadBalancingV2Client(_credentials.Value, Configured(new AmazonElasticLoadBalancingV2Config())));

    internal IAmazonECR Ecr => field ??= Keep(new AmazonECRClient(_credentials.Value, Configured(new AmazonECRConfig())));

    internal IAmazonCloudWatchLogs Logs => field ??= Keep(new AmazonCloudWatchLogsClient(_credentials.Value, Configured(new AmazonCloudWatchLogsConfig())));

    internal IAmazonCloudWatch CloudWatch => field ??= Keep(new AmazonCloudWatchClient(_credentials.Value, Configured(new AmazonCloudWatchConfig())));

    internal IAmazonSecretsManager Secrets => field ??= Keep(new AmazonSecretsManagerClient(_credentials.Value, Configured(new AmazonSecretsManagerConfig())));

    internal IAmazonRDS Rds => field ??= Keep(new AmazonRDSClient(_credentials.Value, Configured(new AmazonRDSConfig())));

    internal IAmazonSimpleSystemsManagement Parameters => field ??= Keep(new AmazonSimpleSystemsManagementClient(_credentials.Value, Configured(new AmazonSimpleSystemsManagementConfig())));

    internal IAmazonSimpleNotificationService Sns => field ??= Keep(new AmazonSimpleNotificationServiceClient(_credentials.Value, Configured(new AmazonSimpleNotificationServiceConfig())));

    internal IAmazonIdentityManagementService Iam => field ??= Keep(new AmazonIdentityManagementServiceClient(_credentials.Value, Configured(new AmazonIdentityManagementServiceConfig())));

    internal IAmazonApplicationAutoScaling Scaling => field ??= Keep(new AmazonApplicationAutoScalingClient(_credentials.Value, Configured(new AmazonApplicationAutoScalingConfig())));

    /// <inheritdoc/>
    public void Dispose()
    {
        lock (_lock)
        {
            _clients.ForEach(c => c.Dispose());
            _clients.Clear();
        }
    }

    private TConfig Configured<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        if (Endpoint is null)
        {
            config.RegionEndpoint = RegionEndpoint.GetBySystemName(Region);
            // AWS_RETRY_MODE and AWS_MAX_ATTEMPTS, or the profile's settings, win; beside a deployment many others ask the same APIs.
            config.RetryMode = FallbackInternalConfigurationFactory.RetryMode ?? RequestRetryMode.Standard;
            config.MaxErrorRetry = (FallbackInternalConfigurationFactory.MaxAttempts ?? StandardAttempts) - 1;
        }
        else
        {
            config.ServiceURL = Endpoint.ToString();
            config.AuthenticationRegion = Region;
            // One that is not running shall be named at once; faults that it was asked for are seen as they are.
            config.RetryMode = RequestRetryMode.Standard;
            config.MaxErrorRetry = 0;
        }

        config.ConnectTimeout = ConnectTimeout;
        config.Timeout = AnswerTimeout;
        return config;
    }

    private TClient Keep<TClient>(TClient client)
        where TClient : IDisposable
    {
        lock (_lock)
        {
            _clients.Add(client);
            return client;
        }
    }
}
