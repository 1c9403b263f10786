using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Checks;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks.Load;

/// <summary>A service on loopback that does what a test wants, and a system with performance suites against it.</summary>
internal sealed class LoadGround : IAsyncDisposable
{
    private readonly WebApplication _service;

    private LoadGround(WebApplication service) => _service = service;

    public string Root { get; } = Directory.CreateTempSubdirectory("pipeline-load-").FullName;

    /// <summary>Every request that came: method, path, body.</summary>
    public ConcurrentQueue<(string Method, string Path, string Body)> Seen { get; } = new();

    public Uri Url => new(_service.Urls.Single());

    /// <param name="answer">told how many requests came before; what it throws, and how long it takes, is the answer</param>
    public static async Task<LoadGround> Start(Func<HttpContext, int, Task> answer)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        var ground = new LoadGround(builder.Build());
        ground._service.Urls.Add("http://127.0.0.1:0");
        var count = -1;
        ground._service.Run(async http =>
        {
            using var body = new StreamReader(http.Request.Body);
            ground.Seen.Enqueue((http.Request.Method, http.Request.Path, await body.ReadToEndAsync()));
            await answer(http, Interlocked.Increment(ref count));
        });
        await ground._service.StartAsync();
        ground.Write("api/Api.csproj", "");
        ground.Write("api.yaml", "");
        return ground;
    }

    public void Write(string file, string text)
    {
        var path = Path.Combine(Root, file);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
    }

    /// <summary>Runs the only suite as <c>PerformanceTest</c> does.</summary>
    /// <param name="suite">its keys, in YAML's flow style</param>
    public async Task<CheckPart> Run(string suite, CancellationToken cancel = default)
    {
        var suites = new DeploymentSuites(Configure(suite));
        var variables = new Dictionary<string, string?> { ["PIPELINE_URL_API"] = Url.ToString() };
        return (await suites.Run(suites.Of(SuiteKind.Performance, null), null, variables, null, cancel)).Single();
    }

    public PipelineConfiguration Configure(string suite)
    {
        Write("pipeline.yml", $$"""
            system: shop
            owner: team
            costCentre: retail
            services: { api: { path: api, project: api/Api.csproj, stack: api } }
            stacks: { api: { template: api.yaml } }
            account: "123456789012"
            region: eu-central-1
            environments: { staging: }
            checks: { suites: { speed: { kind: performance, against: deployment, {{suite}} } } }
            """);
        return ConfigurationLoader.Load(Root, "staging");
    }

    public string JUnit => File.ReadAllText(Path.Combine(Root, "artifacts", "test", "speed.junit.xml"));

    public string Artifact(string name) => File.ReadAllText(Path.Combine(Root, "artifacts", "performance", name));

    public async ValueTask DisposeAsync()
    {
        await _service.DisposeAsync();
        Directory.Delete(Root, recursive: true);
    }
}
