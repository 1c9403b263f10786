using System.Net;
using System.Text.Json;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;
using Amazon.Runtime.Internal.Util;

namespace StandIns.Aws;

internal sealed class JsonResponse<TResponse>(ServiceDescription service, JsonSerializerOptions options) : JsonResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    private const int ReaderBuffer = 4096;

    public override AmazonWebServiceResponse Unmarshall(JsonUnmarshallerContext context)
    {
        if (context.Stream is null || context.IsEmptyResponse)
        {
            return new TResponse();
        }

        using var body = new MemoryStream();
        context.Stream.CopyTo(body);
        return body.Length == 0 ? new TResponse() : JsonSerializer.Deserialize<TResponse>(body.GetBuffer().AsSpan(0, (int)body.Length), options) ?? new TResponse();
    }

    public override AmazonServiceException UnmarshallException(JsonUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var reader = new StreamingUtf8JsonReader(context.Stream, AWSConfigs.StreamingUtf8JsonReaderBufferSize ?? ReaderBuffer, context.JsonMaxDepth);
        var error = JsonErrorResponseUnmarshaller.GetInstance().Unmarshall(context, ref reader);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return service.Error(error.Code, error);
    }
}
