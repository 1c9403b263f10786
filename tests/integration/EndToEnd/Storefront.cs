using System.Diagnostics;
using System.Globalization;
using System.Net;
using System.Net.Sockets;
using System.Text.RegularExpressions;
using Pipeline.Ci;

namespace Pipeline.Tests.EndToEnd;

/// <summary>A copy of this repository in a temporary folder with ports of its own: what a user has after cloning it.</summary>
internal sealed partial class Storefront : IAsyncDisposable
{
    private readonly Dictionary<string, string> _ports = new(StringComparer.Ordinal);
    private readonly string _configuration;

    private Storefront(string root, string configuration) => (Root, _configuration) = (root, configuration);

    public string Root { get; }

    public Uri Api => At(18081);

    public Uri Web => At(18080);

    public HttpClient Http { get; } = new(new SocketsHttpHandler { UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>A service's address in staging.</summary>
    /// <param name="port">as the repository's configuration says</param>
    public Uri At(int port) => new($"http://127.0.0.1:{_ports[port.ToString(CultureInfo.InvariantCulture)]}");

    /// <param name="configuration">the system that every build is about</param>
    public static async Task<Storefront> Copy(string configuration = "pipeline.yml")
    {
        var source = Source();
        // A space in the path: users have them.
        var store = new Storefront(Path.Combine(Directory.CreateTempSubdirectory("storefront-").FullName, "my shop"), configuration);
        foreach (var file in (await Tool(source, "git", "ls-files", "-co", "--exclude-standard", "-z")).Output.Split('\0', StringSplitOptions.RemoveEmptyEntries))
        {
            var from = Path.Combine(source, file);
            if (File.Exists(from))
            {
                var to = Path.Combine(store.Root, file);
                Directory.CreateDirectory(Path.GetDirectoryName(to)!);
                File.Copy(from, to);
            }
        }

        // The compiled host is named after its sources, so the same sources need no second build.
        var host = Path.Combine(source, ".pipeline", "host");
        if (Directory.Exists(host))
        {
            Directory.CreateDirectory(Path.Combine(store.Root, ".pipeline"));
            await Tool(source, "cp", "-R", host, Path.Combine(store.Root, ".pipeline", "host"));
        }

        store.GiveOwnPorts();
        await store.Git("init", "--quiet", "--initial-branch=main");
        await store.Commit("feat: a shop");
        return store;
    }

    /// <summary>Of the environment in which build.sh is run.</summary>
    public Dictionary<string, string> Variables { get; } = new(StringComparer.Ordinal);

    /// <summary>Runs build.sh to its end.</summary>
    public Task<Run> Build(params string[] arguments) => Tool(Root, "env", [$"PIPELINE_CONFIG={_configuration}", .. Variables.Select(v => $"{v.Key}={v.Value}"), Path.Combine(Root, "build.sh"), .. arguments]);

    /// <summary>Starts build.sh and leaves it running.</summary>
    public Process Start(params string[] arguments) => Process.Start(StartInfo(Root, Path.Combine(Root, "build.sh"), arguments))!;

    public Task<Run> Git(params string[] arguments) => Tool(Root, "git", ["-c", "user.name=dora", "-c", "user.email=dora@example.invalid", .. arguments]);

    public async Task Commit(string message)
    {
        await Git("add", "--all");
        await Git("commit", "--quiet", "--allow-empty", "-m", message);
    }

    /// <summary>Replaces text in a file; the text must be there.</summary>
    public void Edit(string file, string old, string @new)
    {
        var path = Path.Combine(Root, file);
        var text = File.ReadAllText(path);
        Assert.That(text, Does.Contain(old), $"{file} has changed: this test edits it");
        File.WriteAllText(path, text.Replace(old, @new, StringComparison.Ordinal));
    }

    /// <summary>Undoes every uncommitted edit.</summary>
    public Task Restore() => Git("checkout", "--quiet", ".");

    public async ValueTask DisposeAsync()
    {
        await Build("--target=StopCloud");
        Http.Dispose();
        Directory.Delete(Path.GetDirectoryName(Root)!, recursive: true);
    }

    internal static async Task<Run> Tool(string folder, string program, params string[] arguments)
    {
        using var process = Process.Start(StartInfo(folder, program, arguments))!;
        var output = process.StandardOutput.ReadToEndAsync();
        var error = process.StandardError.ReadToEndAsync();
        using var deadline = new CancellationTokenSource(TimeSpan.FromMinutes(14));
        try
        {
            await process.WaitForExitAsync(deadline.Token);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            Assert.Fail($"{program} {string.Join(' ', arguments)} did not end:\n{await output}\n{await error}");
        }

        return new Run(process.ExitCode, await output, await error);
    }

    private static ProcessStartInfo StartInfo(string folder, string program, IEnumerable<string> arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { WorkingDirectory = folder, RedirectStandardOutput = true, RedirectStandardError = true };
        // The run under test is somebody's at a desk, whatever this test runs in.
        foreach (var name in (string[])[.. CiProviders.Variables, "PIPELINE_ROOT", "MSBUILD_EXE_PATH", "MSBuildSDKsPath", "MSBuildExtensionsPath", "MSBuildLoadMicrosoftTargetsReadOnly", "DOTNET_HOST_PATH"])
        {
            start.Environment.Remove(name);
        }

        return start;
    }

    internal static string Source()
    {
        var folder = new DirectoryInfo(TestContext.CurrentContext.TestDirectory);
        while (!File.Exists(Path.Combine(folder!.FullName, "pipeline.yml")))
        {
            folder = folder.Parent;
        }

        return folder.FullName;
    }

    private void GiveOwnPorts()
    {
        var path = Path.Combine(Root, _configuration);
        var text = Ports().Replace(File.ReadAllText(path), match => _ports.TryGetValue(match.Value, out var port) ? port : _ports[match.Value] = FreePort());
        // A minute of baking each time proves nothing here.
        text = text.Replace("BakeMinutes: 1\n", "BakeMinutes: 0\n", StringComparison.Ordinal);
        File.WriteAllText(path, $"{text}\nlocalCloud:\n  port: {FreePort()}\n");
    }

    private static string FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port.ToString(CultureInfo.InvariantCulture);
    }

    [GeneratedRegex(@"\b1[789][01][89][01]\b")]
    private static partial Regex Ports();
}

/// <summary>What a program did.</summary>
internal sealed record Run(int ExitCode, string Output, string Error)
{
    public string All => $"exit code {ExitCode}\n{Output}\n{Error}";
}
