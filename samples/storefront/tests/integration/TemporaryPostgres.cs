using System.Diagnostics;
using System.Net;
using System.Net.Sockets;

namespace Storefront.Tests;

/// <summary>A PostgreSQL server of the test's own, in a temporary folder on a free loopback port.</summary>
internal sealed class TemporaryPostgres : IAsyncDisposable
{
    private const string Variable = "PIPELINE_TESTS_REQUIRE";

    private readonly string folder;
    private readonly string programs;

    private TemporaryPostgres(string folder, string programs, int port) => (this.folder, this.programs, Port) = (folder, programs, port);

    public int Port { get; }

    private static bool IsRoot => Environment.UserName == "root";

    /// <summary>Skips the test where PostgreSQL is not installed; fails it where PIPELINE_TESTS_REQUIRE promises that it is.</summary>
    public static async Task<TemporaryPostgres> StartAsync()
    {
        if (Programs() is not { } programs)
        {
            const string Absent = "PostgreSQL's programs (initdb, pg_ctl) are not installed.";
            if ((Environment.GetEnvironmentVariable(Variable) ?? "").Split(',').Contains("postgres"))
            {
                Assert.Fail($"{Absent} {Variable} names postgres.");
            }

            Assert.Ignore(Absent);
            throw new InvalidOperationException(Absent);
        }

        var folder = Path.Combine(Directory.CreateTempSubdirectory("storefront-postgres-").FullName, "data");
        var server = new TemporaryPostgres(folder, programs, FreePort());
        try
        {
            if (IsRoot)
            {
                await CommandAsync("chown", "postgres", Path.GetDirectoryName(folder)!);
            }

            await server.InitializeAsync();
            await server.PgCtlAsync("--log", $"{folder}.log", "--options", $"-c listen_addresses=127.0.0.1 -c port={server.Port} -c unix_socket_directories='' -c fsync=off", "start");
            return server;
        }
        catch
        {
            await server.DisposeAsync();
            throw;
        }
    }

    public async ValueTask DisposeAsync()
    {
        if (File.Exists(Path.Combine(folder, "postmaster.pid")))
        {
            await PgCtlAsync("--mode", "immediate", "stop");
        }

        Directory.Delete(Path.GetDirectoryName(folder)!, recursive: true);
    }

    private static string? Programs()
    {
        var path = (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator);
        var debian = Directory.Exists("/usr/lib/postgresql") ? Directory.GetDirectories("/usr/lib/postgresql").Select(version => Path.Combine(version, "bin")) : [];
        return path.Concat(debian).FirstOrDefault(place => File.Exists(Path.Combine(place, "initdb")) && File.Exists(Path.Combine(place, "pg_ctl")));
    }

    private static int FreePort()
    {
        using var probe = new TcpListener(IPAddress.Loopback, 0);
        probe.Start();
        return ((IPEndPoint)probe.LocalEndpoint).Port;
    }

    private Task InitializeAsync() => RunAsync("initdb", "--pgdata", folder, "--username", "storefront", "--auth", "trust", "--no-sync");

    private Task PgCtlAsync(params string[] arguments) => RunAsync("pg_ctl", ["--pgdata", folder, "--wait", "--timeout", "30", "--silent", .. arguments]);

    // PostgreSQL refuses to run as root; where the tests do, its own user takes over.
    private Task RunAsync(string program, params string[] arguments) => IsRoot
        ? CommandAsync("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", Path.Combine(programs, program), .. arguments])
        : CommandAsync(Path.Combine(programs, program), arguments);

    private static async Task CommandAsync(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { WorkingDirectory = Path.GetTempPath() })!;
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(60));
        await process.WaitForExitAsync(deadline.Token);
        Assert.That(process.ExitCode, Is.Zero, $"{program} {string.Join(' ', arguments)}");
    }
}
