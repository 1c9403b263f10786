using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.RegularExpressions;
using Npgsql;
using Pipeline.LocalCloud.CloudFormation;

namespace Pipeline.LocalCloud.Rds;

/// <summary>What one server is: its data folder, its loopback port, its master user and database.</summary>
internal sealed record PostgresSettings(string Folder, int Port, string User, string Password, string Database);

/// <summary>A real PostgreSQL that lives as long as this process: a shell holds the end of a pipe and stops the server when the pipe closes, even after a kill.</summary>
internal sealed partial class PostgresServer : IAsyncDisposable
{
    private const string Account = "postgres";

    // The server runs in the background of the shell; reading its own input is the shell's way to notice that we are gone.
    // pg_ctl waits for the end of the server, so an ended shell means an ended server. No fsync: what the kernel has survives a kill.
    private const string Supervise = """
        "$1" -D "$3" -p "$4" -k '' -c listen_addresses=127.0.0.1 -c fsync=off >"$3/server.log" 2>&1 </dev/null &
        server=$!
        trap '' INT TERM HUP
        read -r nothing
        "$2" -D "$3" stop -m fast -w -t 5 >/dev/null 2>&1 || "$2" -D "$3" stop -m immediate -w -t 5 >/dev/null 2>&1 || kill -9 $server
        wait $server
        """;

    private readonly Process _shell;

    private PostgresServer(Process shell) => _shell = shell;

    public bool HasExited => _shell.HasExited;

    /// <summary>Makes the data folder with its master user; <paramref name="settings"/>' database is made at the first start.</summary>
    public static async Task Initialize(PostgresPrograms programs, PostgresSettings settings, CancellationToken cancel)
    {
        Directory.CreateDirectory(settings.Folder);
        var passwordFile = Path.Combine(Path.GetDirectoryName(settings.Folder)!, $"{Path.GetFileName(settings.Folder)}.password");
        await File.WriteAllTextAsync(passwordFile, settings.Password, cancel);
        try
        {
            await GiveTo(settings.Folder, cancel);
            await GiveTo(passwordFile, cancel);
            await Run(programs.InitDb, ["-D", settings.Folder, "-U", settings.User, $"--pwfile={passwordFile}", "--auth=scram-sha-256", "-E", "UTF8", "--no-locale", "--no-sync"], cancel);
        }
        finally
        {
            File.Delete(passwordFile);
        }
    }

    /// <summary>Starts it and waits until it takes connections and has its database.</summary>
    public static async Task<PostgresServer> Start(PostgresPrograms programs, PostgresSettings settings, CancellationToken cancel)
    {
        await StopLeftover(programs, settings.Folder, cancel);
        var shell = AsServer("/bin/sh", ["-c", Supervise, "postgres-of-the-embedded-cloud", programs.Server, programs.Control, settings.Folder, settings.Port.ToString(CultureInfo.InvariantCulture)]);
        shell.RedirectStandardInput = true;
        var server = new PostgresServer(Process.Start(shell)!);
        try
        {
            await server.WaitUntilReady(settings, cancel);
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
        try
        {
            _shell.StandardInput.Close();
        }
        catch (IOException)
        {
            // The shell is gone already.
        }

        await _shell.WaitForExitAsync();
        _shell.Dispose();
    }

    /// <summary>A server whose shell was killed together with the cloud still holds its folder.</summary>
    private static async Task StopLeftover(PostgresPrograms programs, string folder, CancellationToken cancel)
    {
        if (!File.Exists(Path.Combine(folder, "postmaster.pid")))
        {
            return;
        }

        try
        {
            await Run(programs.Control, ["-D", folder, "stop", "-m", "immediate", "-w", "-t", "10"], cancel);
        }
        catch (ResourceFailure)
        {
            // The file alone was left: the server replaces it.
        }
    }

    private async Task WaitUntilReady(PostgresSettings settings, CancellationToken cancel)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(TimeSpan.FromSeconds(30));
        while (true)
        {
            try
            {
                await MakeDatabase(settings, deadline.Token);
                return;
            }
            catch (Exception failure) when (failure is NpgsqlException { SqlState: null or "57P03" } && !_shell.HasExited && !deadline.IsCancellationRequested)
            {
                await Task.Delay(50, CancellationToken.None);
            }
            catch (Exception failure) when (failure is NpgsqlException or OperationCanceledException)
            {
                cancel.ThrowIfCancellationRequested();
                var log = Path.Combine(settings.Folder, "server.log");
                throw new ResourceFailure($"PostgreSQL did not start: {(File.Exists(log) ? File.ReadLines(log).LastOrDefault() : failure.Message)}");
            }
        }
    }

    private static async Task MakeDatabase(PostgresSettings settings, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(settings, "postgres"));
        await connection.OpenAsync(cancel);
        await using var there = new NpgsqlCommand("SELECT 1 FROM pg_database WHERE datname = $1", connection) { Parameters = { new() { Value = settings.Database } } };
        if (await there.ExecuteScalarAsync(cancel) is null)
        {
            // An identifier cannot be a parameter; quoting makes any text one.
            await using var make = new NpgsqlCommand($"CREATE DATABASE \"{settings.Database.Replace("\"", "\"\"", StringComparison.Ordinal)}\"", connection);
            await make.ExecuteNonQueryAsync(cancel);
        }
    }

    /// <summary>
    /// Copies the data of a running server, which goes on serving: the state of all its databases at one moment, the end of the copy. What
    /// was written meanwhile is in the write-ahead log that the copy holds, and is replayed by the first server that is started on it.
    /// </summary>
    /// <param name="folder">where to; must not be there</param>
    /// <param name="progress">percent of the data that is copied</param>
    public static async Task Copy(PostgresPrograms programs, PostgresSettings settings, string folder, Action<int> progress, CancellationToken cancel)
    {
        var start = AsServer(programs.BaseBackup,
            ["-h", "127.0.0.1", "-p", settings.Port.ToString(CultureInfo.InvariantCulture), "-U", settings.User, "-D", folder, "-X", "stream", "-c", "fast", "--no-password", "--no-sync", "--no-manifest", "--progress"]);
        start.Environment["PGPASSWORD"] = settings.Password;
        await Run(start, cancel, line =>
        {
            if (Percent().Match(line) is { Success: true } match)
            {
                progress(int.Parse(match.Groups[1].ValueSpan, CultureInfo.InvariantCulture));
            }
        });
    }

    /// <summary>Makes a copy's data the data of another server.</summary>
    public static Task Unfold(string copy, PostgresSettings settings, CancellationToken cancel) => Run(AsServer("cp", ["-R", copy, settings.Folder]), cancel);

    [GeneratedRegex(@"\(([0-9]{1,3})%\)", RegexOptions.CultureInvariant)]
    private static partial Regex Percent();

    public static async Task ChangePassword(PostgresSettings settings, string password, CancellationToken cancel)
    {
        await using var connection = new NpgsqlConnection(ConnectionString(settings, "postgres"));
        await connection.OpenAsync(cancel);
        await using var quote = new NpgsqlCommand("SELECT format('ALTER USER %I PASSWORD %L', $1, $2)", connection) { Parameters = { new() { Value = settings.User }, new() { Value = password } } };
        await using var alter = new NpgsqlCommand((string)(await quote.ExecuteScalarAsync(cancel))!, connection);
        await alter.ExecuteNonQueryAsync(cancel);
    }

    private static string ConnectionString(PostgresSettings settings, string database) => new NpgsqlConnectionStringBuilder
    {
        Host = "127.0.0.1",
        Port = settings.Port,
        Username = settings.User,
        Password = settings.Password,
        Database = database,
        Timeout = 2,
        Pooling = false,
    }.ConnectionString;

    /// <summary>
    /// PostgreSQL refuses to run as root: then its own account runs it and owns its data. The one capability lets it pass
    /// through the private folders above its own.
    /// </summary>
    private static ProcessStartInfo AsServer(string program, IEnumerable<string> arguments)
    {
        var start = Environment.IsPrivilegedProcess
            ? new ProcessStartInfo("setpriv", ["--reuid", Account, "--regid", Account, "--clear-groups", "--inh-caps=+dac_override", "--ambient-caps=+dac_override", program, .. arguments])
            : new ProcessStartInfo(program, arguments);
        start.WorkingDirectory = "/";
        return start;
    }

    private static Task GiveTo(string path, CancellationToken cancel) => Environment.IsPrivilegedProcess
        ? Run(new ProcessStartInfo("chown", [Account + ":" + Account, path]), cancel)
        : Task.CompletedTask;

    private static Task Run(string program, IEnumerable<string> arguments, CancellationToken cancel) => Run(AsServer(program, arguments), cancel);

    private static async Task Run(ProcessStartInfo start, CancellationToken cancel, Action<string>? said = null)
    {
        start.RedirectStandardOutput = true;
        start.RedirectStandardError = true;
        using var process = Process.Start(start)!;
        var output = process.StandardOutput.ReadToEndAsync(cancel);
        var lines = Lines(process.StandardError, said, cancel);
        string error;
        try
        {
            await process.WaitForExitAsync(cancel);
            await output;
            // Nobody is told of progress after the end.
            error = await lines;
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }

        if (process.ExitCode != 0)
        {
            throw new ResourceFailure($"{Path.GetFileName(start.FileName)} failed: {error.Trim()}");
        }
    }

    private static async Task<string> Lines(StreamReader reader, Action<string>? said, CancellationToken cancel)
    {
        var all = new StringBuilder();
        while (await reader.ReadLineAsync(cancel) is { } line)
        {
            said?.Invoke(line);
            all.AppendLine(line);
        }

        return all.ToString();
    }
}
