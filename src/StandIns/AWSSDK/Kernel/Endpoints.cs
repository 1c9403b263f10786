using Amazon.Runtime;
using Amazon.Runtime.Credentials.Internal;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Auth;

namespace StandIns.Aws;

internal sealed class StandInEndpointParameters : EndpointParameters
{
    public string? Region
    {
        get => (string?)this[nameof(Region)];
        init => this[nameof(Region)] = value;
    }

    /// <summary>Wins over the region.</summary>
    public string? Endpoint
    {
        get => (string?)this[nameof(Endpoint)];
        init => this[nameof(Endpoint)] = value;
    }
}

/// <summary>A service's address in the partitions aws and aws-cn.</summary>
/// <param name="global">host in the partition aws where there is one for all regions</param>
internal sealed class StandInEndpointProvider(string prefix, string? global) : IEndpointProvider
{
    public Endpoint ResolveEndpoint(EndpointParameters parameters)
    {
        var known = (StandInEndpointParameters)parameters;
        if (!string.IsNullOrEmpty(known.Endpoint))
        {
            return new Endpoint(known.Endpoint);
        }

        if (string.IsNullOrEmpty(known.Region))
        {
            throw new AmazonClientException("Invalid Configuration: Missing Region");
        }

        var china = known.Region.StartsWith("cn-", StringComparison.Ordinal);
        if (global is not null)
        {
            // All regions of a partition share one; the signature names the region it is in.
            return china
                ? SignedFor("cn-north-1", $"https://{prefix}.cn-north-1.amazonaws.com.cn")
                : SignedFor("us-east-1", $"https://{global}");
        }

        return new Endpoint($"https://{prefix}.{known.Region}.{(china ? "amazonaws.com.cn" : "amazonaws.com")}");
    }

    private static Endpoint SignedFor(string region, string url) => new(
        url,
        $$"""{"authSchemes":[{"name":"sigv4","signingRegion":"{{region}}"}]}""",
        "{}");
}

internal sealed class StandInEndpointResolver : BaseEndpointResolver
{
    protected override void ServiceSpecificHandler(IExecutionContext executionContext, EndpointParameters parameters) =>
        InjectHostPrefix(executionContext.RequestContext);

    protected override EndpointParameters MapEndpointsParameters(IRequestContext requestContext)
    {
        var config = requestContext.ClientConfig;
        return new StandInEndpointParameters
        {
            Region = requestContext.Request.AlternateEndpoint?.SystemName ?? config.RegionEndpoint?.SystemName ?? config.AuthenticationRegion,
            Endpoint = config.ServiceURL,
        };
    }
}

internal sealed class StandInAuthResolver : BaseAuthResolverHandler
{
    protected override List<IAuthSchemeOption> ResolveAuthOptions(IExecutionContext executionContext) => AuthSchemeOption.DEFAULT_SIGV4;
}
