using System.Collections.Concurrent;
using System.Net;
using System.Net.Sockets;
using Pipeline.LocalCloud.CloudFormation;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Rds;

/// <summary>The servers behind the instances, where PostgreSQL is installed; they end with the cloud and come back with their rows.</summary>
internal sealed class DatabaseServers(Table<DatabaseRecord> records, string folder, PostgresPrograms? programs) : IAsyncDisposable
{
    public const string NotInstalled = "PostgreSQL is not installed: this instance is metadata only";
    private readonly ConcurrentDictionary<string, PostgresServer> _running = new(StringComparer.Ordinal);

    /// <summary>A new instance with a running server; without PostgreSQL an instance whose address says why nothing answers.</summary>
    public async Task<DatabaseRecord> Create(DatabaseRecord record, CancellationToken cancel)
    {
        if (programs is null)
        {
            return record with { Status = "available", Address = $"{record.Id}.postgresql-is-not-installed.invalid", Port = 5432 };
        }

        var real = record with { IsReal = true, Address = "127.0.0.1", Port = FreePort() };
        records.Put(record.Id, real);
        Directory.CreateDirectory(Path.GetDirectoryName(Folder(real.Id))!);
        await PostgresServer.Initialize(programs, Settings(real), cancel);
        _running[real.Id] = await PostgresServer.Start(programs, Settings(real), cancel);
        return real with { Status = "available" };
    }

    /// <summary>Starts the servers of all instances again.</summary>
    public Task StartAll(CancellationToken cancel) => Task.WhenAll(records.All.Where(record => record is { IsReal: true, Status: not "creating" }).Select(async record =>
    {
        records.Put(record.Id, record with { Status = "starting" });
        try
        {
            _running[record.Id] = await PostgresServer.Start(programs ?? throw new ResourceFailure(NotInstalled), Settings(record), cancel);
            records.Put(record.Id, record with { Status = "available" });
        }
        catch (ResourceFailure)
        {
            records.Put(record.Id, record with { Status = "failed" });
        }
    }));

    public Task ChangePassword(DatabaseRecord record, string password, CancellationToken cancel) =>
        record.IsReal ? PostgresServer.ChangePassword(Settings(record), password, cancel) : Task.CompletedTask;

    public async Task Stop(string id)
    {
        if (_running.TryRemove(id, out var server))
        {
            await server.DisposeAsync();
        }
    }

    public async Task Delete(string id)
    {
        await Stop(id);
        if (Directory.Exists(Folder(id)))
        {
            Directory.Delete(Folder(id), recursive: true);
        }
    }

    /// <summary>Keeps the data of a stopped server under another name.</summary>
    public async Task Keep(string id, string snapshot)
    {
        await Stop(id);
        if (Directory.Exists(Folder(id)))
        {
            var target = Path.Combine(folder, "snapshots", snapshot);
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            Directory.Move(Folder(id), target);
        }
    }

    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Keys.ToList().Select(Stop));

    private string Folder(string id) => Path.Combine(folder, "instances", id);

    private PostgresSettings Settings(DatabaseRecord record) => new(Folder(record.Id), record.Port, record.User, record.Password, record.DatabaseName);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
