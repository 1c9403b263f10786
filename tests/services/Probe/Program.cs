// PROBE_FAULT: crash (ends at once), unhealthy (/health answers 500), hang (/health never answers), port (listens elsewhere).
var fault = Environment.GetEnvironmentVariable("PROBE_FAULT");
var version = Environment.GetEnvironmentVariable("PROBE_VERSION") ?? "none";
Console.WriteLine($"probe {version} starts");
if (fault == "crash")
{
    Console.Error.WriteLine("probe crashes");
    return 7;
}

var builder = WebApplication.CreateSlimBuilder(args);
builder.Logging.ClearProviders();
builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(30));
if (fault == "port")
{
    builder.WebHost.UseUrls("http://127.0.0.1:0");
}

var app = builder.Build();
app.MapGet("/health", async (HttpContext http) =>
{
    if (fault == "hang")
    {
        await Task.Delay(Timeout.Infinite, http.RequestAborted);
    }

    http.Response.StatusCode = fault == "unhealthy" ? 500 : 200;
});
app.MapGet("/version", () => version);
app.MapGet("/process", () => Environment.ProcessId);
app.MapGet("/variable/{name}", (string name) => Environment.GetEnvironmentVariable(name) ?? "");
app.MapGet("/headers", (HttpContext http) => string.Join('\n', http.Request.Headers.Select(h => $"{h.Key}: {h.Value}")));
app.MapPost("/echo", async (HttpContext http) => await http.Request.Body.CopyToAsync(http.Response.Body));
app.MapGet("/slow/{milliseconds:int}", async (int milliseconds) =>
{
    await Task.Delay(milliseconds);
    return version;
});
app.MapGet("/status/{code:int}", (int code) => Results.StatusCode(code));
app.MapGet("/burn/{milliseconds:int}", (int milliseconds) =>
{
    var watch = System.Diagnostics.Stopwatch.StartNew();
    while (watch.ElapsedMilliseconds < milliseconds)
    {
        // All of a processor for that long.
    }
});
app.MapGet("/die", () => System.Diagnostics.Process.GetCurrentProcess().Kill());
await app.RunAsync();
return 0;
