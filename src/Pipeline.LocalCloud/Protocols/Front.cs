using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The one endpoint of all services that post to <c>/</c>: finds the service and operation, reads the wire, writes the answer or the refusal.</summary>
internal sealed class Front(IReadOnlyList<AwsService> services, Faults faults)
{
    public async Task Answer(HttpContext http, SignedRequest request)
    {
        var id = WireRefusal.RequestId(http);
        var body = Encoding.UTF8.GetString(await request.Body.ReadAll(int.MaxValue, http.RequestAborted));
        var target = http.Request.Headers["X-Amz-Target"].ToString();
        if (target.Length > 0)
        {
            await AnswerJson(http, target, body, request);
        }
        else
        {
            await AnswerQuery(http, QueryWire.Read(body), request, id);
        }
    }

    private async Task AnswerJson(HttpContext http, string target, string body, SignedRequest request)
    {
        var dot = target.LastIndexOf('.');
        var (prefix, operation) = dot < 0 ? (target, "") : (target[..dot], target[(dot + 1)..]);
        var service = services.FirstOrDefault(s => s.TargetPrefixes.Contains(prefix));
        var run = service?.Operations.GetValueOrDefault(operation)
            ?? throw new AwsException("UnknownOperationException", $"The embedded cloud does not implement {target}.");
        if (service.SigningName != request.Service)
        {
            throw new AwsException("InvalidSignatureException", $"Credential should be scoped to correct service: '{service.SigningName}'.");
        }

        await faults.Around(http, service.SigningName, operation, async () =>
        {
            var result = await run(new AwsRequest(operation, Members(body), request.Caller, request.Region, http.RequestAborted));
            http.Response.ContentType = http.Request.ContentType ?? "application/x-amz-json-1.1";
            await http.Response.WriteAsync(result.ToJsonString(), http.RequestAborted);
        });
    }

    private static JsonObject Members(string body)
    {
        try
        {
            return body.Length == 0 ? [] : JsonNode.Parse(body) as JsonObject ?? throw new AwsException("SerializationException", "The request is not a structure.");
        }
        catch (JsonException)
        {
            throw new AwsException("SerializationException", "The request is not JSON.");
        }
    }

    private async Task AnswerQuery(HttpContext http, JsonObject members, SignedRequest request, string requestId)
    {
        var operation = members.Text("Action") ?? "";
        var service = services.FirstOrDefault(s => s.Wire == Wire.Query && s.SigningName == request.Service);
        http.Response.ContentType = "text/xml";
        try
        {
            var run = service?.Operations.GetValueOrDefault(operation)
                ?? throw new AwsException("InvalidAction", $"The action {operation} is not valid for this web service.");
            await faults.Around(http, service.SigningName, operation, async () =>
            {
                var result = await run(new AwsRequest(operation, members, request.Caller, request.Region, http.RequestAborted));
                await http.Response.WriteAsync(QueryWire.Result(service, operation, result, requestId), http.RequestAborted);
            });
        }
        catch (AwsException refusal)
        {
            // Here, not at the gate: the answer carries the service's namespace.
            http.Response.StatusCode = refusal.Status;
            await http.Response.WriteAsync(QueryWire.Refusal(service?.XmlNamespace ?? "", refusal, requestId), http.RequestAborted);
        }
    }
}
