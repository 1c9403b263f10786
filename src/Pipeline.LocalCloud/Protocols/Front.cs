using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>One answered call, for who watches.</summary>
/// <param name="Body">as it is sent; <c>null</c> for a refusal</param>
internal sealed record Answered(AwsService Service, string Operation, string? Body, AwsException? Refusal);

/// <summary>The one endpoint of all services that post to <c>/</c>: finds the service and operation, reads the wire, writes the answer or the refusal.</summary>
internal sealed class Front(IReadOnlyList<AwsService> services, Faults faults, Action<Answered>? observe)
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
            var call = new AwsRequest(operation, JsonWire.Read(body), request.Caller, request.Region, http.RequestAborted);
            var text = await Run(service, run, call, JsonWire.Result);
            http.Response.ContentType = http.Request.ContentType ?? "application/x-amz-json-1.1";
            await http.Response.WriteAsync(text, http.RequestAborted);
        });
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
                var call = new AwsRequest(operation, members, request.Caller, request.Region, http.RequestAborted);
                await http.Response.WriteAsync(await Run(service, run, call, result => QueryWire.Result(service, operation, result, requestId)), http.RequestAborted);
            });
        }
        catch (AwsException refusal)
        {
            // Here, not at the gate: the answer carries the service's namespace.
            http.Response.StatusCode = refusal.Status;
            await http.Response.WriteAsync(QueryWire.Refusal(service?.XmlNamespace ?? "", refusal, requestId), http.RequestAborted);
        }
    }

    private async Task<string> Run(AwsService service, Operation run, AwsRequest call, Func<JsonObject, string> write)
    {
        try
        {
            var text = write(await run(call));
            observe?.Invoke(new Answered(service, call.Operation, text, null));
            return text;
        }
        catch (AwsException refusal)
        {
            observe?.Invoke(new Answered(service, call.Operation, null, refusal));
            throw;
        }
    }
}
