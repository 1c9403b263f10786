using System.Text.Json;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The one endpoint of all services that post to <c>/</c>: finds the service and operation, reads the wire, writes the answer or the refusal.</summary>
internal sealed class Front(IReadOnlyList<AwsService> services)
{
    public async Task Answer(HttpContext http, Caller caller, string signingName, string region)
    {
        var id = Guid.NewGuid().ToString();
        http.Response.Headers["x-amzn-RequestId"] = id;
        var body = await new StreamReader(http.Request.Body).ReadToEndAsync(http.RequestAborted);
        var target = http.Request.Headers["X-Amz-Target"].ToString();
        if (target.Length > 0)
        {
            await AnswerJson(http, target, body, new(caller, region));
        }
        else
        {
            await AnswerQuery(http, QueryWire.Read(body), signingName, new(caller, region), id);
        }
    }

    private async Task AnswerJson(HttpContext http, string target, string body, Origin origin)
    {
        http.Response.ContentType = http.Request.ContentType ?? "application/x-amz-json-1.1";
        try
        {
            var dot = target.LastIndexOf('.');
            var (prefix, operation) = dot < 0 ? (target, "") : (target[..dot], target[(dot + 1)..]);
            var run = services.FirstOrDefault(s => s.TargetPrefixes.Contains(prefix))?.Operations.GetValueOrDefault(operation)
                ?? throw new AwsException("UnknownOperationException", $"The embedded cloud does not implement {target}.");
            var members = body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? throw new AwsException("SerializationException", "The request is not a structure.");
            var result = await run(new AwsRequest(operation, members, origin.Caller, origin.Region, http.RequestAborted));
            await http.Response.WriteAsync(result.ToJsonString(), http.RequestAborted);
        }
        catch (JsonException)
        {
            await Refuse(new AwsException("SerializationException", "The request is not JSON."));
        }
        catch (AwsException refusal)
        {
            await Refuse(refusal);
        }

        Task Refuse(AwsException refusal)
        {
            http.Response.StatusCode = refusal.Status;
            if (http.Request.Headers["x-amzn-query-mode"] == "true")
            {
                http.Response.Headers["x-amzn-query-error"] = $"{refusal.Code};{(refusal.Status < 500 ? "Sender" : "Receiver")}";
            }

            return http.Response.WriteAsync(new JsonObject { ["__type"] = refusal.Code, ["message"] = refusal.Message }.ToJsonString(), http.RequestAborted);
        }
    }

    private async Task AnswerQuery(HttpContext http, JsonObject members, string signingName, Origin origin, string requestId)
    {
        http.Response.ContentType = "text/xml";
        var operation = members.Text("Action") ?? "";
        var service = services.FirstOrDefault(s => s.Wire == Wire.Query && s.SigningName == signingName);
        try
        {
            var run = service?.Operations.GetValueOrDefault(operation)
                ?? throw new AwsException("InvalidAction", $"The action {operation} is not valid for this web service.");
            var result = await run(new AwsRequest(operation, members, origin.Caller, origin.Region, http.RequestAborted));
            await http.Response.WriteAsync(QueryWire.Result(service, operation, result, requestId), http.RequestAborted);
        }
        catch (AwsException refusal)
        {
            http.Response.StatusCode = refusal.Status;
            await http.Response.WriteAsync(QueryWire.Refusal(service?.XmlNamespace ?? "", refusal, requestId), http.RequestAborted);
        }
    }

    private sealed record Origin(Caller Caller, string Region);
}
