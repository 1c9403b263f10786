using Amazon.CloudFormation;
using Amazon.CloudWatch;
using Amazon.CloudWatchLogs;
using Amazon.ECR;
using Amazon.ECS;
using Amazon.ElasticLoadBalancingV2;
using Amazon.IdentityManagement;
using Amazon.RDS;
using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecretsManager;
using Amazon.SecurityToken;
using Amazon.SimpleSystemsManagement;
using Amazon.SQS;

namespace Pipeline.Tests.Aws.Contracts;

/// <summary>The clients of one cloud, and a name that nobody else uses there.</summary>
internal sealed class ContractClients(AnyCloud cloud) : IDisposable
{
    private readonly List<IDisposable> _clients = [];

    /// <summary>Letters and digits, starting with a letter; short enough for a load balancer.</summary>
    public string Name { get; } = $"n{Guid.NewGuid():N}"[..24];

    public AmazonECSClient Ecs => Make(new AmazonECSConfig(), (c, config) => new AmazonECSClient(c, config));

    public AmazonCloudFormationClient Formation => Make(new AmazonCloudFormationConfig(), (c, config) => new AmazonCloudFormationClient(c, config));

    public AmazonElasticLoadBalancingV2Client Balancing => Make(new AmazonElasticLoadBalancingV2Config(), (c, config) => new AmazonElasticLoadBalancingV2Client(c, config));

    public AmazonRDSClient Rds => Make(new AmazonRDSConfig(), (c, config) => new AmazonRDSClient(c, config));

    public AmazonECRClient Registry => Make(new AmazonECRConfig(), (c, config) => new AmazonECRClient(c, config));

    public AmazonCloudWatchClient Metrics => Make(new AmazonCloudWatchConfig(), (c, config) => new AmazonCloudWatchClient(c, config));

    public AmazonSecretsManagerClient Secrets => Make(new AmazonSecretsManagerConfig(), (c, config) => new AmazonSecretsManagerClient(c, config));

    public AmazonCloudWatchLogsClient Logs => Make(new AmazonCloudWatchLogsConfig(), (c, config) => new AmazonCloudWatchLogsClient(c, config));

    public AmazonS3Client Storage => Make(new AmazonS3Config { ForcePathStyle = true }, (c, config) => new AmazonS3Client(c, config));

    public AmazonSQSClient Queues => Make(new AmazonSQSConfig(), (c, config) => new AmazonSQSClient(c, config));

    public AmazonSimpleSystemsManagementClient Parameters => Make(new AmazonSimpleSystemsManagementConfig(), (c, config) => new AmazonSimpleSystemsManagementClient(c, config));

    public AmazonSecurityTokenServiceClient Tokens => Make(new AmazonSecurityTokenServiceConfig(), (c, config) => new AmazonSecurityTokenServiceClient(c, config));

    public AmazonIdentityManagementServiceClient People => Make(new AmazonIdentityManagementServiceConfig(), (c, config) => new AmazonIdentityManagementServiceClient(c, config));

    public void Dispose() => _clients.ForEach(client => client.Dispose());

    private TClient Make<TConfig, TClient>(TConfig config, Func<AWSCredentials, TConfig, TClient> make)
        where TConfig : ClientConfig
        where TClient : class, IDisposable
    {
        if (_clients.OfType<TClient>().FirstOrDefault() is { } made)
        {
            return made;
        }

        var client = make(Moto.Credentials, cloud.At(config));
        _clients.Add(client);
        return client;
    }
}
