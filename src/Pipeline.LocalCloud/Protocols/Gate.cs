using System.Reflection;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The door of the endpoint: who may come in, and to which room a request goes.</summary>
internal sealed class Gate(CloudServer server)
{
    private readonly Front _front = new(server.Cloud.Services);

    public async Task Answer(HttpContext http)
    {
        var path = http.Request.Path.Value ?? "/";
        if (path == "/_cloud/status")
        {
            http.Response.ContentType = "application/json";
            await http.Response.WriteAsync(Status().ToJsonString(), http.RequestAborted);
        }
        else if (server.Cloud.Routes.FirstOrDefault(r => path.StartsWith(r.Prefix, StringComparison.Ordinal)) is { } route)
        {
            await route.Handle(http);
        }
        else
        {
            // Credential=KEY/DATE/REGION/SERVICE/aws4_request
            var scope = http.Request.Headers.Authorization.ToString().Split("Credential=").ElementAtOrDefault(1)?.Split(',')[0].Split('/') ?? [];
            var caller = new Caller("123456789012", "arn:aws:iam::123456789012:user/developer", "AIDADEVELOPER");
            await _front.Answer(http, caller, scope.ElementAtOrDefault(3) ?? "", scope.ElementAtOrDefault(2) ?? "us-east-1");
        }
    }

    private JsonObject Status() => new()
    {
        ["name"] = "pipeline embedded cloud",
        ["version"] = typeof(Gate).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion,
        ["pid"] = Environment.ProcessId,
        ["started"] = server.Started.ToString("O"),
        ["stateFolder"] = server.Cloud.Options.StateFolder,
        ["endpoint"] = server.Endpoint,
    };
}
