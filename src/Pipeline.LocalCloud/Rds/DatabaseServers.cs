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
            return record with { Status = "available", Address = NowhereOf(record), Port = 5432 };
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

    /// <summary>Copies what a snapshot is of, while it serves.</summary>
    /// <exception cref="ResourceFailure">its server does not run, or cannot be copied</exception>
    public async Task Copy(SnapshotRecord snapshot, Action<int> progress, CancellationToken cancel)
    {
        if (snapshot.Folder.Length == 0)
        {
            return;
        }

        // Its password may have been changed since.
        var now = records.Find(snapshot.Instance.Id) ?? throw new ResourceFailure($"{snapshot.Instance.Id} is gone");
        Directory.CreateDirectory(Snapshots);
        await PostgresServer.Copy(programs ?? throw new ResourceFailure(NotInstalled), Settings(now), CopyFolder(snapshot.Folder), progress, cancel);
    }

    /// <summary>An instance with the data of a snapshot and a running server.</summary>
    /// <exception cref="ResourceFailure">the copy is gone, or no server can be started on it</exception>
    public async Task<DatabaseRecord> Restore(DatabaseRecord record, CancellationToken cancel)
    {
        if (record.RestoringFrom is not { Length: > 0 } copy)
        {
            return record with { Status = "available", IsReal = false, Address = NowhereOf(record), Port = 5432 };
        }

        await Delete(record.Id);
        Directory.CreateDirectory(Path.GetDirectoryName(Folder(record.Id))!);
        var real = record with { IsReal = true, Address = "127.0.0.1", Port = FreePort() };
        await PostgresServer.Unfold(CopyFolder(copy), Settings(real), cancel);
        _running[real.Id] = await PostgresServer.Start(programs ?? throw new ResourceFailure(NotInstalled), Settings(real), cancel);
        return real with { Status = "available" };
    }

    /// <summary>Folders of all copies, also of those that nobody knows.</summary>
    public IReadOnlyList<string> Copies => Directory.Exists(Snapshots) ? [.. Directory.GetDirectories(Snapshots).Select(folder => Path.GetFileName(folder)!)] : [];

    /// <summary>Ends when no instance is being made of a copy any more.</summary>
    public Task Unfolded(string copy, RoomWork work, CancellationToken cancel) =>
        Task.WhenAll(records.All.Where(record => record.RestoringFrom == copy).Select(record => work.End(Restoring(record.Id), cancel)));

    /// <summary>Removes a copy.</summary>
    public void Forget(string copy)
    {
        if (copy.Length > 0 && Directory.Exists(CopyFolder(copy)))
        {
            Directory.Delete(CopyFolder(copy), recursive: true);
        }
    }

    /// <summary>The name of the work that makes an instance of a snapshot.</summary>
    public static string Restoring(string id) => $"restore/{id}";

    public async ValueTask DisposeAsync() => await Task.WhenAll(_running.Keys.ToList().Select(Stop));

    private string Snapshots => Path.Combine(folder, "snapshots");

    private string CopyFolder(string copy) => Path.Combine(Snapshots, copy);

    private static string NowhereOf(DatabaseRecord record) => $"{record.Id}.postgresql-is-not-installed.invalid";

    private string Folder(string id) => Path.Combine(folder, "instances", id);

    private PostgresSettings Settings(DatabaseRecord record) => new(Folder(record.Id), record.Port, record.User, record.Password, record.DatabaseName);

    private static int FreePort()
    {
        using var socket = new Socket(AddressFamily.InterNetwork, SocketType.Stream, ProtocolType.Tcp);
        socket.Bind(new IPEndPoint(IPAddress.Loopback, 0));
        return ((IPEndPoint)socket.LocalEndPoint!).Port;
    }
}
