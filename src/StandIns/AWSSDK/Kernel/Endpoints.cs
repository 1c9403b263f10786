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
internal sealed class StandInEndpointProvider(string prefix) : IEndpointProvider
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

        var domain = known.Region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        return new Endpoint($"https://{prefix}.{known.Region}.{domain}");
    }
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
