using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;
using Amazon.Util.Internal;

namespace StandIns.Aws;

/// <summary>A client's configuration; regions, endpoints and retries come from the environment and the profile as with the official clients.</summary>
public abstract class StandInConfig : ClientConfig
{
    private readonly ServiceDescription _service;

    protected StandInConfig(ServiceDescription service)
        : base(new DefaultConfigurationProvider([Standard]))
    {
        _service = service;
        // The runtime reads AWS_ENDPOINT_URL_<SERVICE> by this name.
        ServiceId = service.ServiceId;
        AuthenticationServiceName = service.SigningName;
        EndpointProvider = new StandInEndpointProvider(service.EndpointPrefix, service.GlobalEndpoint);
        UserAgent = InternalSDKUtils.BuildUserAgentString(service.ServiceId, "4.0.0");
    }

    public override string RegionEndpointServiceName => _service.EndpointPrefix;

    public override string ServiceVersion => _service.ApiVersion;

    public override string UserAgent { get; }

    public override Endpoint DetermineServiceOperationEndpoint(ServiceOperationEndpointParameters parameters)
    {
        var context = new RequestContext(false)
        {
            ClientConfig = this,
            OriginalRequest = parameters.Request,
            Request = new DefaultRequest(parameters.Request, ServiceId) { AlternateEndpoint = parameters.AlternateEndpoint },
        };
        return new StandInEndpointResolver().GetEndpoint(new Amazon.Runtime.Internal.ExecutionContext(context, null));
    }

    private static readonly DefaultConfiguration Standard = new()
    {
        Name = DefaultConfigurationMode.Standard,
        RetryMode = RequestRetryMode.Standard,
        S3UsEast1RegionalEndpoint = S3UsEast1RegionalEndpointValue.Regional,
        ConnectTimeout = TimeSpan.FromSeconds(3.1),
        TlsNegotiationTimeout = TimeSpan.FromSeconds(3.1),
    };
}
