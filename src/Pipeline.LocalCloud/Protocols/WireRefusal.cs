using System.Text.Json.Nodes;
using System.Xml.Linq;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>Writes a refusal in the form that the caller can read.</summary>
internal static class WireRefusal
{
    private enum Form
    {
        Json,
        Query,
        Storage,
    }

    public static Task Write(HttpContext http, SignatureFailure failure) => Write(http, FormOf(http.Request) switch
    {
        Form.Json => failure.ForJson(),
        Form.Query => failure.ForQuery(),
        _ => failure.ForStorage(),
    });

    public static Task Write(HttpContext http, AwsException refusal)
    {
        if (http.Response.HasStarted)
        {
            // Half an answer is out: only a broken connection tells the client that it is not the whole one.
            http.Abort();
            return Task.CompletedTask;
        }

        var id = RequestId(http);
        http.Response.StatusCode = refusal.Status;
        switch (FormOf(http.Request))
        {
            case Form.Json:
                http.Response.ContentType = http.Request.Headers["X-Amz-Target"].Count > 0 ? http.Request.ContentType ?? "application/x-amz-json-1.1" : "application/json";
                if (http.Request.Headers["x-amzn-query-mode"] == "true")
                {
                    http.Response.Headers["x-amzn-query-error"] = $"{refusal.QueryCode};{(refusal.Status < 500 ? "Sender" : "Receiver")}";
                }

                return Send(http, new JsonObject { ["__type"] = refusal.Code, ["message"] = refusal.Message }.ToJsonString());
            case Form.Query:
                http.Response.ContentType = "text/xml";
                return Send(http, QueryWire.Refusal("", refusal, id));
            default:
                http.Response.ContentType = "application/xml";
                return Send(http, new XElement("Error",
                    new XElement("Code", refusal.Code), new XElement("Message", refusal.Message), new XElement("Resource", http.Request.Path.Value), new XElement("RequestId", id)).ToString());
        }
    }

    /// <summary>The answer's id, under the names that the protocol families give it.</summary>
    public static string RequestId(HttpContext http)
    {
        var id = http.Response.Headers["x-amzn-RequestId"].ToString();
        if (id.Length == 0)
        {
            id = Guid.NewGuid().ToString();
            http.Response.Headers["x-amzn-RequestId"] = id;
            http.Response.Headers["x-amz-request-id"] = id;
        }

        return id;
    }

    private static Task Send(HttpContext http, string text) => HttpMethods.IsHead(http.Request.Method) ? Task.CompletedTask : http.Response.WriteAsync(text, http.RequestAborted);

    private static Form FormOf(HttpRequest request) =>
        request.Headers.ContainsKey("X-Amz-Target") || request.Path.StartsWithSegments(Control.Prefix, StringComparison.Ordinal) ? Form.Json
        : HttpMethods.IsPost(request.Method) && request.ContentType?.StartsWith("application/x-www-form-urlencoded", StringComparison.OrdinalIgnoreCase) == true ? Form.Query
        : Form.Storage;
}
