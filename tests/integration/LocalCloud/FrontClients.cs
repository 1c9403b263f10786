using Amazon.Runtime;
using Amazon.S3;
using Amazon.SecurityToken;
using Amazon.SimpleSystemsManagement;
using Amazon.SQS;
using Pipeline.LocalCloud;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The SDK's clients for a cloud under test.</summary>
internal sealed class FrontClients(CloudServer cloud)
{
    public static readonly AWSCredentials Developer = new BasicAWSCredentials("test", "test");

    public AmazonS3Client S3(AWSCredentials? credentials = null, DelegatingHandler? handler = null) => new(credentials ?? Developer, Configure(new AmazonS3Config(), handler));

    public AmazonSQSClient Sqs() => new(Developer, Configure(new AmazonSQSConfig(), null));

    public AmazonSimpleSystemsManagementClient Ssm(AWSCredentials? credentials = null, DelegatingHandler? handler = null) =>
        new(credentials ?? Developer, Configure(new AmazonSimpleSystemsManagementConfig(), handler));

    public AmazonSecurityTokenServiceClient Sts(AWSCredentials? credentials = null, DelegatingHandler? handler = null) =>
        new(credentials ?? Developer, Configure(new AmazonSecurityTokenServiceConfig(), handler));

    private T Configure<T>(T config, DelegatingHandler? handler) where T : ClientConfig
    {
        config.ServiceURL = cloud.Endpoint;
        config.AuthenticationRegion = "eu-central-1";
        config.MaxErrorRetry = 0;
        if (handler is not null)
        {
            config.HttpClientFactory = new Factory(handler);
        }

        return config;
    }

    private sealed class Factory(DelegatingHandler handler) : Amazon.Runtime.HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(handler);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}

/// <summary>Changes a request after it was signed.</summary>
internal sealed class Tampering(Action<HttpRequestMessage> change) : DelegatingHandler(new SocketsHttpHandler())
{
    protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
    {
        change(request);
        return base.SendAsync(request, cancellationToken);
    }
}
