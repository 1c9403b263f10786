using System.Net;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Protocols;

var port = args is ["--port", var text, ..] ? int.Parse(text, System.Globalization.CultureInfo.InvariantCulture) : 4510;
using var cloud = new Cloud(new CloudOptions(port, args is [_, _, "--state", var folder] ? folder : null));
var builder = WebApplication.CreateSlimBuilder();
builder.Logging.ClearProviders();
builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, port));
var app = builder.Build();
var front = new Front(cloud.Services);
app.Run(http =>
{
    // Credential=KEY/DATE/REGION/SERVICE/aws4_request
    var scope = http.Request.Headers.Authorization.ToString().Split("Credential=").ElementAtOrDefault(1)?.Split(',')[0].Split('/') ?? [];
    return front.Answer(http, new Caller("123456789012", "arn:aws:iam::123456789012:user/developer", "AIDADEVELOPER"), scope.ElementAtOrDefault(3) ?? "", scope.ElementAtOrDefault(2) ?? "us-east-1");
});
await app.RunAsync();
