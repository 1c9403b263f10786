using System.Net;
using System.Xml.Linq;
using Amazon.Runtime;
using Amazon.Runtime.Internal.Transform;

namespace StandIns.Aws;

internal sealed class QueryResponse<TResponse>(ServiceDescription service, string operation) : XmlResponseUnmarshaller
    where TResponse : AmazonWebServiceResponse, new()
{
    public override AmazonWebServiceResponse Unmarshall(XmlUnmarshallerContext context)
    {
        var root = XDocument.Load(context.Stream).Root!;
        var response = new TResponse();
        if (root.Elements().FirstOrDefault(e => e.Name.LocalName == operation + "Result") is { } result)
        {
            QueryAnswer.Fill(response, result);
        }

        response.ResponseMetadata = new ResponseMetadata { RequestId = root.Descendants().FirstOrDefault(e => e.Name.LocalName == "RequestId")?.Value };
        return response;
    }

    public override AmazonServiceException UnmarshallException(XmlUnmarshallerContext context, Exception innerException, HttpStatusCode statusCode)
    {
        var error = XmlErrorResponseUnmarshaller.GetInstance().Unmarshall(context);
        error.InnerException = innerException;
        error.StatusCode = statusCode;
        return service.Error(error.Code, error);
    }
}
