using System.Collections.Concurrent;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Hosting.Server;
using Microsoft.AspNetCore.Hosting.Server.Features;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;

namespace Pipeline.Tests.Aws;

/// <summary>An endpoint that answers what it is told, in order, and the last answer from then on.</summary>
internal sealed class CannedEndpoint : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly ConcurrentQueue<Answer> _answers;

    /// <summary>One answer; a status of zero: none until the caller gives up.</summary>
    internal sealed record Answer(int Status, string Body);

    internal sealed record Request(string Target, string Authorization, string Body);

    private CannedEndpoint(WebApplication app, IEnumerable<Answer> answers) => (_app, _answers) = (app, new ConcurrentQueue<Answer>(answers));

    public List<Request> Requests { get; } = [];

    public TaskCompletionSource FirstRequest { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public string Url => _app.Services.GetRequiredService<IServer>().Features.Get<IServerAddressesFeature>()!.Addresses.Single();

    public static async Task<CannedEndpoint> Start(params Answer[] answers)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        var endpoint = new CannedEndpoint(app, answers);
        app.Run(endpoint.Reply);
        await app.StartAsync();
        return endpoint;
    }

    public ValueTask DisposeAsync() => _app.DisposeAsync();

    private async Task Reply(HttpContext context)
    {
        using var reader = new StreamReader(context.Request.Body);
        var body = await reader.ReadToEndAsync();
        lock (Requests)
        {
            Requests.Add(new Request(context.Request.Headers["X-Amz-Target"].ToString(), context.Request.Headers.Authorization.ToString(), body));
        }

        FirstRequest.TrySetResult();
        var answer = _answers.Count > 1 && _answers.TryDequeue(out var next) ? next : _answers.TryPeek(out var last) ? last : new Answer(200, "{}");
        if (answer.Status == 0)
        {
            await new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
        }

        context.Response.StatusCode = answer.Status;
        await context.Response.WriteAsync(answer.Body);
    }
}
