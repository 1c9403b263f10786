using System.Net;
using System.Net.Sockets;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud;

/// <summary>A running cloud: its listener, its rooms and their loops. Disposing it stops all of them.</summary>
internal sealed class CloudServer : IAsyncDisposable
{
    private readonly WebApplication _app;
    private readonly CancellationTokenSource _stopping = new();
    private readonly TaskCompletionSource _stopRequested = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private Task _loops = Task.CompletedTask;
    private bool _disposed;

    private CloudServer(Cloud cloud, Socket socket)
    {
        Cloud = cloud;
        Started = cloud.Time.GetUtcNow();
        // The empty builder: nothing in the working directory or the environment configures this server.
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions());
        builder.WebHost.UseKestrelCore();
        builder.WebHost.ConfigureKestrel(kestrel =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Limits.MaxRequestBodySize = null;
            kestrel.Listen((IPEndPoint)socket.LocalEndPoint!);
        });
        builder.Services.Configure<SocketTransportOptions>(sockets => sockets.CreateBoundListenSocket = _ => socket);
        builder.Services.AddSingleton<IHostLifetime, NoLifetime>();
        _app = builder.Build();
        var gate = new Gate(this);
        _app.Run(gate.Answer);
    }

    public Cloud Cloud { get; }

    public string Endpoint => Cloud.Options.Endpoint;

    public DateTimeOffset Started { get; }

    /// <summary>Cancelled when the cloud begins to stop.</summary>
    public CancellationToken Stopping => _stopping.Token;

    /// <summary>Ends when somebody asks the cloud to stop, fails when a loop failed.</summary>
    public Task StopRequested => _stopRequested.Task;

    /// <exception cref="StartFailure">the port or the state folder is taken</exception>
    public static Task<CloudServer> Start(CloudOptions options, CancellationToken cancel) => Start(options, TimeProvider.System, cancel);

    /// <exception cref="StartFailure">the port or the state folder is taken</exception>
    public static async Task<CloudServer> Start(CloudOptions options, TimeProvider time, CancellationToken cancel)
    {
        // Listening comes first: rooms put the port into URLs, and nobody else can have the port from here on.
        var socket = Listen(options.Port);
        CloudServer? server = null;
        try
        {
            var cloud = new Cloud(options with { Port = ((IPEndPoint)socket.LocalEndPoint!).Port }, time);
            server = new CloudServer(cloud, socket);
            await server._app.StartAsync(cancel);
            server._loops = Task.WhenAll(cloud.Loops.Select(server.RunLoop));
            return server;
        }
        catch
        {
            await (server?.DisposeAsync() ?? ValueTask.CompletedTask);
            socket.Dispose();
            throw;
        }
    }

    public void RequestStop() => _stopRequested.TrySetResult();

    public async ValueTask DisposeAsync()
    {
        if (_disposed)
        {
            return;
        }

        _disposed = true;
        await _stopping.CancelAsync();
        using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(5));
        await _app.StopAsync(patience.Token);
        await _loops;
        await _app.DisposeAsync();
        Cloud.Dispose();
        _stopping.Dispose();
    }

    private static Socket Listen(int port)
    {
        var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        try
        {
            socket.Bind(new IPEndPoint(IPAddress.Loopback, port));
            socket.Listen();
            return socket;
        }
        catch (SocketException e)
        {
            socket.Dispose();
            throw new StartFailure($"The embedded cloud cannot listen on 127.0.0.1:{port}: {e.Message}. Stop what uses the port or choose another with --port.");
        }
    }

    private async Task RunLoop(BackgroundLoop loop)
    {
        try
        {
            await loop.Run(_stopping.Token);
        }
        catch (OperationCanceledException) when (_stopping.IsCancellationRequested)
        {
        }
        catch (Exception e)
        {
            _stopRequested.TrySetException(new InvalidOperationException($"The loop '{loop.Name}' failed: {e.Message}", e));
        }
    }

    /// <summary>The process's signals belong to the program, not to a server inside it.</summary>
    private sealed class NoLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
