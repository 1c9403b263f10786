using System.Buffers;
using System.Text.Json;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;

namespace StandIns.Aws;

internal sealed class JsonRequest(string service, string target, string contentType, JsonSerializerOptions options) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var content = new PooledContentStream();
        using (var writer = new Utf8JsonWriter((IBufferWriter<byte>)content.BufferWriter))
        {
            JsonSerializer.Serialize(writer, input, input.GetType(), options);
        }

        return new DefaultRequest(input, service)
        {
            HttpMethod = "POST",
            ResourcePath = "/",
            Headers = { ["X-Amz-Target"] = target, ["Content-Type"] = contentType },
            ContentStream = content,
        };
    }
}
