using Amazon;
using Amazon.IdentityManagement;
using Amazon.IdentityManagement.Model;
using Amazon.Runtime;

namespace Pipeline.Tests.Aws;

/// <summary>A service with one address for all regions.</summary>
public sealed class GlobalEndpoints
{
    [TestCase("eu-central-1", "iam.amazonaws.com", "/us-east-1/iam/aws4_request")]
    [TestCase("cn-northwest-1", "iam.cn-north-1.amazonaws.com.cn", "/cn-north-1/iam/aws4_request")]
    public void Are_asked_and_signed_for_as_their_partition_s_one_region(string region, string host, string scope)
    {
        using var wire = new Wiretap();
        using var client = new AmazonIdentityManagementServiceClient("key", "secret", new AmazonIdentityManagementServiceConfig
        {
            RegionEndpoint = RegionEndpoint.GetBySystemName(region), MaxErrorRetry = 0, HttpClientFactory = new Factory(wire),
        });

        Assert.That(async () => await client.GetRoleAsync(new GetRoleRequest { RoleName = "deploy" }), Throws.InstanceOf<AmazonServiceException>());

        Assert.Multiple(() =>
        {
            Assert.That(wire.Seen!.RequestUri!.Host, Is.EqualTo(host));
            Assert.That(wire.Seen.Headers.GetValues("Authorization").Single(), Does.Contain(scope));
        });
    }

    /// <summary>Says no to everything and keeps the last request.</summary>
    private sealed class Wiretap : HttpMessageHandler
    {
        public HttpRequestMessage? Seen { get; private set; }

        protected override Task<HttpResponseMessage> SendAsync(HttpRequestMessage request, CancellationToken cancellationToken)
        {
            Seen = request;
            return Task.FromResult(new HttpResponseMessage(System.Net.HttpStatusCode.Forbidden) { Content = new StringContent("<ErrorResponse><Error><Type>Sender</Type><Code>AccessDenied</Code><Message>no</Message></Error></ErrorResponse>") });
        }
    }

    private sealed class Factory(HttpMessageHandler handler) : HttpClientFactory
    {
        public override HttpClient CreateHttpClient(IClientConfig clientConfig) => new(handler, disposeHandler: false);

        public override bool UseSDKHttpClientCaching(IClientConfig clientConfig) => false;
    }
}
