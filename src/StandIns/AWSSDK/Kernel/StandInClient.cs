using System.Runtime.CompilerServices;
using Amazon.Runtime;
using Amazon.Runtime.Endpoints;
using Amazon.Runtime.Internal;

namespace StandIns.Aws;

/// <summary>A service client on the official runtime, which signs, retries and finds credentials.</summary>
public abstract class StandInClient(AWSCredentials? credentials, ClientConfig config) : AmazonServiceClient(credentials, config)
{
    protected abstract ServiceDescription Service { get; }

    protected override IServiceMetadata ServiceMetadata => Service;

    public Endpoint DetermineServiceOperationEndpoint(AmazonWebServiceRequest request) =>
        Config.DetermineServiceOperationEndpoint(new ServiceOperationEndpointParameters(request));

    protected override void CustomizeRuntimePipeline(RuntimePipeline pipeline)
    {
        pipeline.RemoveHandler<EndpointResolver>();
        pipeline.AddHandlerAfter<Marshaller>(new StandInEndpointResolver());
        pipeline.AddHandlerAfter<Marshaller>(new StandInAuthResolver());
    }

    /// <summary>The operation's name is the calling method's less "Async".</summary>
    protected Task<TResponse> Call<TRequest, TResponse>(TRequest request, CancellationToken cancel, [CallerMemberName] string method = "")
        where TRequest : AmazonWebServiceRequest
        where TResponse : AmazonWebServiceResponse, new()
    {
        var operation = method[..^"Async".Length];
        var options = new InvokeOptions
        {
            RequestMarshaller = Service.Wire.Request(Service, operation),
            ResponseUnmarshaller = Service.Wire.Response<TResponse>(Service, operation),
        };
        return InvokeAsync<TResponse>(request, options, cancel);
    }
}
