using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace StandIns.Aws;

/// <summary>How requests and answers of a service are written and read.</summary>
public abstract class Wire
{
    internal abstract IMarshaller<IRequest, AmazonWebServiceRequest> Request(ServiceDescription service, string operation);

    internal abstract ResponseUnmarshaller Response<TResponse>(ServiceDescription service, string operation)
        where TResponse : AmazonWebServiceResponse, new();
}

/// <summary>JSON with the operation in <c>X-Amz-Target</c>.</summary>
/// <param name="lowerCase">the wire's names start in lower case, the properties' in upper case</param>
public sealed class JsonWire(string targetPrefix, string version, bool lowerCase) : Wire
{
    internal override IMarshaller<IRequest, AmazonWebServiceRequest> Request(ServiceDescription service, string operation) =>
        new JsonRequest(service.RequestNamespace, $"{targetPrefix}.{operation}", $"application/x-amz-json-{version}", JsonOptions.For(lowerCase));

    internal override ResponseUnmarshaller Response<TResponse>(ServiceDescription service, string operation) =>
        new JsonResponse<TResponse>(service, JsonOptions.For(lowerCase));
}

/// <summary>A form in, XML out.</summary>
public sealed class QueryWire : Wire
{
    internal override IMarshaller<IRequest, AmazonWebServiceRequest> Request(ServiceDescription service, string operation) => new QueryRequest(service, operation);

    internal override ResponseUnmarshaller Response<TResponse>(ServiceDescription service, string operation) => new QueryResponse<TResponse>(service, operation);
}
