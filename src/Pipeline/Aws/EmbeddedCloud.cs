using System.Diagnostics;
using System.Globalization;
using System.Net.Http.Json;
using System.Net.Sockets;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>The embedded cloud as this repository's own local server: found, started, stopped. Its state is under <c>.pipeline/cloud</c>.</summary>
/// <param name="root">the repository's folder</param>
/// <param name="port">wished for; another one is taken when it is busy</param>
public sealed class EmbeddedCloud(string root, int port)
{
    private static readonly TimeSpan StartDeadline = TimeSpan.FromSeconds(20);
    private static readonly HttpClient Http = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(2) };

    /// <summary>Where it keeps its state.</summary>
    public string Folder { get; } = Path.Combine(root, ".pipeline", "cloud");

    private string ReadyFile => Path.Combine(Folder, "cloud.json");

    private string LogFile => Path.Combine(Folder, "cloud.log");

    private string StateFolder => Path.Combine(Folder, "state");

    /// <summary>It ran here before, so there may be something to see.</summary>
    public bool HasState => Directory.Exists(StateFolder);

    /// <summary>The running cloud of this repository; <c>null</c> when there is none.</summary>
    /// <exception cref="PipelineException">there is one, but it does not answer</exception>
    public async Task<CloudStatus?> Find(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (Known() is { } known)
        {
            if (await Answers(known, cancel).ConfigureAwait(false))
            {
                return known;
            }

            // On a busy machine it may be slow; taken for dead, a second one would be started beside it.
            if (!IsAlive(known))
            {
                return null;
            }

            if (watch.Elapsed > StartDeadline)
            {
                throw new PipelineException(ExitCode.Failed, $"The embedded cloud (process {known.Pid}) runs, but does not answer at {known.Endpoint}.",
                    new Detail("next", $"kill {known.Pid}, then the same command again"));
            }

            await Task.Delay(100, cancel).ConfigureAwait(false);
        }

        return null;
    }

    private static async Task<bool> Answers(CloudStatus known, CancellationToken cancel)
    {
        try
        {
            var status = await Http.GetFromJsonAsync<CloudStatus>(new Uri($"{known.Endpoint}/_cloud/status"), cancel).ConfigureAwait(false);
            return status?.Pid == known.Pid;
        }
        catch (Exception e) when (e is HttpRequestException or System.Text.Json.JsonException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return false;
        }
    }

    private static bool IsAlive(CloudStatus known)
    {
        try
        {
            using var process = Process.GetProcessById(known.Pid);
            // A later process may have been given the same id.
            return process.StartTime.ToUniversalTime() <= known.Started.UtcDateTime;
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    /// <summary>The running cloud, started if need be.</summary>
    /// <exception cref="PipelineException">it did not start; the message holds what it said</exception>
    public async Task<CloudStatus> FindOrStart(CancellationToken cancel)
    {
        if (await Find(cancel).ConfigureAwait(false) is { } running)
        {
            return running;
        }

        Directory.CreateDirectory(Folder);
        using var only = await OneStarter(cancel).ConfigureAwait(false);
        return await Find(cancel).ConfigureAwait(false) ?? await Start(cancel).ConfigureAwait(false);
    }

    /// <summary>Stops it, and every task with it. Its state stays.</summary>
    /// <returns>whether one ran</returns>
    public async Task<bool> Stop(CancellationToken cancel)
    {
        if (await Find(cancel).ConfigureAwait(false) is not { } running)
        {
            return false;
        }

        using var process = Process.GetProcessById(running.Pid);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        deadline.CancelAfter(StartDeadline);
        // SIGTERM: .NET's own way is to kill, which would not let it stop its tasks in order.
        if (OperatingSystem.IsWindows())
        {
            process.Kill(entireProcessTree: true);
        }
        else
        {
            _ = Terminate(running.Pid, 15);
        }

        await process.WaitForExitAsync(deadline.Token).ConfigureAwait(false);
        return true;
    }

    /// <summary>Stops it and forgets all of its state.</summary>
    public async Task Reset(CancellationToken cancel)
    {
        await Stop(cancel).ConfigureAwait(false);
        if (Directory.Exists(Folder))
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    [System.Runtime.InteropServices.DllImport("libc", EntryPoint = "kill")]
    [System.Runtime.InteropServices.DefaultDllImportSearchPaths(System.Runtime.InteropServices.DllImportSearchPath.SafeDirectories)]
    private static extern int Terminate(int process, int signal);

    private async Task<CloudStatus> Start(CancellationToken cancel)
    {
        var wished = Known() is { } last ? new Uri(last.Endpoint).Port : port;
        string[] command =
        [
            Path.Combine(AppContext.BaseDirectory, "cloud", "Pipeline.LocalCloud.dll"),
            "--port", (IsFree(wished) ? wished : 0).ToString(CultureInfo.InvariantCulture), "--state", StateFolder, "--ready-file", ReadyFile,
        ];
        var dotnet = Environment.ProcessPath is { } host && Path.GetFileNameWithoutExtension(host) == "dotnet" ? host : "dotnet";
        // It outlives this process, so it must not hold this process's output open.
        var start = OperatingSystem.IsWindows()
            ? new ProcessStartInfo(dotnet, command) { CreateNoWindow = true }
            : new ProcessStartInfo("/bin/sh", ["-c", "exec \"$@\" >\"$0\" 2>&1 </dev/null", LogFile, dotnet, .. command]);
        start.WorkingDirectory = root;
        using var process = Process.Start(start)!;
        var watch = Stopwatch.StartNew();
        while (true)
        {
            if (await Find(cancel).ConfigureAwait(false) is { } ready)
            {
                return ready;
            }

            if (process.HasExited)
            {
                throw NotStarted($"it ended with exit code {process.ExitCode}");
            }

            if (watch.Elapsed > StartDeadline)
            {
                process.Kill(entireProcessTree: true);
                throw NotStarted("it was not ready in time");
            }

            await Task.Delay(20, cancel).ConfigureAwait(false);
        }
    }

    private PipelineException NotStarted(string why)
    {
        var said = File.Exists(LogFile) ? string.Join('\n', File.ReadLines(LogFile).TakeLast(10)) : "";
        return new PipelineException(ExitCode.Failed, "The embedded cloud did not start.",
            new Detail("why", said.Length > 0 ? $"{why}\n{said}" : why),
            new Detail("next", "./build.sh --target=ResetCloud, if its state is damaged; otherwise mend what it names"));
    }

    private CloudStatus? Known()
    {
        try
        {
            return File.Exists(ReadyFile) ? System.Text.Json.JsonSerializer.Deserialize<CloudStatus>(File.ReadAllText(ReadyFile), System.Text.Json.JsonSerializerOptions.Web) : null;
        }
        catch (System.Text.Json.JsonException)
        {
            return null;
        }
    }

    private static bool IsFree(int port)
    {
        try
        {
            using var listener = new TcpListener(System.Net.IPAddress.Loopback, port);
            listener.Start();
            return true;
        }
        catch (SocketException)
        {
            return false;
        }
    }

    /// <summary>Two pipelines that start at once start one cloud.</summary>
    private async Task<FileStream> OneStarter(CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(Folder, "start.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (watch.Elapsed < StartDeadline)
            {
                await Task.Delay(50, cancel).ConfigureAwait(false);
            }
        }
    }
}

/// <summary>A running embedded cloud.</summary>
/// <param name="Pid">its process</param>
/// <param name="Endpoint">of every AWS service, <c>http://127.0.0.1:4510</c></param>
/// <param name="Started">UTC</param>
public sealed record CloudStatus(int Pid, string Endpoint, DateTimeOffset Started);
