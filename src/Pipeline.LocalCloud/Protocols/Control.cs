using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The cloud's own requests: is it there, who may call, what is to go wrong, stop.</summary>
internal sealed class Control(CloudServer server)
{
    public const string Prefix = "/_cloud";

    private const int LargestBody = 64 << 10;

    /// <summary>Whether anybody may ask this: only whether the cloud is there.</summary>
    public static bool IsOpen(HttpRequest request) => request.Path == $"{Prefix}/status" && HttpMethods.IsGet(request.Method);

    public async Task Answer(HttpContext http, SignedRequest? caller)
    {
        var answer = (http.Request.Method, http.Request.Path.Value) switch
        {
            ("GET", $"{Prefix}/status") => Status(),
            ("POST", $"{Prefix}/stop") => Stop(),
            ("POST", $"{Prefix}/identities") => await Identity(http, caller!),
            ("GET", $"{Prefix}/faults") => ShownFaults(),
            ("POST", $"{Prefix}/faults") => await AddFault(http, caller!),
            ("DELETE", $"{Prefix}/faults") => ClearFaults(caller!),
            _ => throw new AwsException("ResourceNotFoundException", $"There is no {http.Request.Method} {http.Request.Path}.", 404),
        };
        http.Response.ContentType = "application/json";
        await http.Response.WriteAsync(answer.ToJsonString(), http.RequestAborted);
        if (http.Request.Path == $"{Prefix}/stop")
        {
            await http.Response.CompleteAsync();
            server.RequestStop();
        }
    }

    private static JsonObject Stop() => new() { ["stopping"] = true };

    private async Task<JsonObject> Identity(HttpContext http, SignedRequest request)
    {
        RefuseOthers(request, "makes identities");
        var body = await Body(http, request, """{"name":"alice"}""");
        var user = server.Cloud.Identities.GetOrAdd(body.Text("name") ?? "");
        return new JsonObject { ["name"] = user.Name, ["arn"] = user.Caller.Arn, ["accessKeyId"] = user.Keys[0].Id, ["secretAccessKey"] = user.Keys[0].Secret };
    }

    private async Task<JsonObject> AddFault(HttpContext http, SignedRequest request)
    {
        RefuseOthers(request, "sets faults");
        var body = await Body(http, request, """{"service":"cloudformation","operation":"DescribeStacks","call":3,"times":1,"fault":"throttle"}""");
        var fault = Fault.Read(body);
        server.Cloud.Faults.Add(fault);
        return fault.Shown(hits: 0);
    }

    private JsonObject ClearFaults(SignedRequest request)
    {
        RefuseOthers(request, "removes faults");
        server.Cloud.Faults.Clear();
        return ShownFaults();
    }

    private JsonObject ShownFaults() => new() { ["faults"] = server.Cloud.Faults.Shown() };

    private static void RefuseOthers(SignedRequest request, string does)
    {
        if (!request.Caller.Arn.EndsWith($":user/{Account.Developer}", StringComparison.Ordinal))
        {
            throw new AwsException("AccessDeniedException", $"Only the developer {does}.", 403);
        }
    }

    private static async Task<JsonObject> Body(HttpContext http, SignedRequest request, string example)
    {
        try
        {
            return JsonNode.Parse(await request.Body.ReadAll(LargestBody, http.RequestAborted)) as JsonObject ?? throw new JsonException();
        }
        catch (JsonException)
        {
            throw new AwsException("SerializationException", $"The body must be JSON such as {example}.");
        }
    }

    private JsonObject Status() => new()
    {
        ["name"] = "pipeline embedded cloud",
        ["version"] = typeof(Control).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        ["pid"] = Environment.ProcessId,
        ["started"] = server.Started.ToString("O"),
        ["stateFolder"] = server.Cloud.Options.StateFolder,
        ["endpoint"] = server.Endpoint,
    };
}
