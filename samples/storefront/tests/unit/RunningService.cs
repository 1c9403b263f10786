using Microsoft.AspNetCore.Builder;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;

namespace Storefront.Tests;

/// <summary>A whole service in this process, on a free port.</summary>
internal sealed class RunningService : IAsyncDisposable
{
    private readonly WebApplication app;

    private RunningService(WebApplication app, Uri address)
    {
        this.app = app;
        Http = new HttpClient { BaseAddress = address };
    }

    public HttpClient Http { get; }

    public Uri Address => Http.BaseAddress!;

    public static Task<RunningService> ApiAsync(params string[] settings) => StartAsync(() => Storefront.Api.Program.BuildAsync(Arguments(settings)));

    public static Task<RunningService> WebAsync(Uri api, params string[] settings) =>
        StartAsync(() => Task.FromResult(Storefront.Web.Program.Build(Arguments([$"--API_URL={api}", .. settings]))));

    /// <summary>Some server that is not ours, for instance an api that misbehaves.</summary>
    public static Task<RunningService> OtherAsync(Action<WebApplication> endpoints) => StartAsync(() =>
    {
        var builder = WebApplication.CreateSlimBuilder(Arguments([]));
        builder.Logging.ClearProviders();
        builder.Services.Configure<HostOptions>(host => host.ShutdownTimeout = TimeSpan.FromSeconds(1));
        var app = builder.Build();
        endpoints(app);
        return Task.FromResult(app);
    });

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        await app.StopAsync();
        await app.DisposeAsync();
    }

    // The machine's own variables must not reach into a test.
    private static string[] Arguments(string[] settings) =>
        ["--urls=http://127.0.0.1:0", "--DATABASE_HOST=", "--QUEUE_URL=", "--SERVICE_VERSION=", "--ENVIRONMENT_NAME=", "--SERVICE_COMMIT=", .. settings];

    private static async Task<RunningService> StartAsync(Func<Task<WebApplication>> build)
    {
        var app = await build();
        await app.StartAsync();
        return new RunningService(app, new Uri(app.Urls.Single()));
    }
}
