using System.Net.NetworkInformation;
using System.Text.Json;
using Pipeline.Aws;
using Pipeline.Checks.Suites;
using Pipeline.Checks.Tools;
using Pipeline.Configuration;
using Pipeline.Images.Docker;
using Pipeline.Processes;
using Pipeline.Versions;

namespace Pipeline.Preflight;

/// <summary>This machine can build and, where asked, run the embedded cloud.</summary>
internal static class MachineChecks
{
    private const long LeastFree = 2L << 30;

    public static IEnumerable<Inspection> Of(PipelineConfiguration configuration, EmbeddedCloud cloud) =>
    [
        new Inspection("machine", "git", cancel => Program("git", ["--version"], "install git", cancel)),
        new Inspection("machine", ".NET SDK", cancel => Sdk(configuration.Root, cancel)),
        new Inspection("machine", "disk", _ => Task.FromResult(Disk(configuration.Root))),
        .. configuration.Services.Any(s => s.Builder == Builder.Docker) ? new[] { new Inspection("machine", "Docker", cancel => Docker(configuration, cancel)) } : [],
        .. configuration.Environment.Cloud == CloudKind.Local
            ? new[]
            {
                new Inspection("machine", "port", cancel => Port(configuration.LocalCloudPort, cloud, cancel)),
                new Inspection("machine", "PostgreSQL", _ => Task.FromResult(Postgres())),
            }
            : [],
        new Inspection("commits", "commit-msg hook", cancel => Hook(configuration.Root, cancel)),
        new Inspection("tools", "the checks' tools", _ => Task.FromResult<IReadOnlyList<Finding>>([.. NeededTools.Of(configuration).Select(t => Tool(t, configuration.Environment.Gates))])),
        .. configuration.Checks.Suites.Where(s => s.Tool == SuiteTool.Pytest).Select(s => new Inspection("tools", s.Name, cancel => Pytest(configuration, s, cancel))),
    ];

    /// <summary>A check without its tool is not evaluable; whether a release may go on then, the gate says.</summary>
    private static Finding Tool(Tool tool, GateSettings gates) =>
        Programs.Find(tool.Name) is { } path ? Finding.Ok(tool.Name, path)
        : tool.Optional ? Finding.Skip(tool.Name, $"is not installed, and left out ({tool.Install})")
        : gates.Unmeasured(tool.Gate) == WhenNotEvaluable.Allow ? Finding.Skip(tool.Name, $"is not installed, which gates.{tool.Gate} allows ({tool.Install})")
        : Finding.Ng(tool.Name, $"is not installed, which gates.{tool.Gate} refuses", tool.Install);

    private static async Task<Finding> Pytest(PipelineConfiguration configuration, SuiteSettings suite, CancellationToken cancel)
    {
        var (python, missing) = await new PytestSuite(configuration.Root).FindPython(suite, new SuiteScope(configuration).CoveredBy(suite), cancel).ConfigureAwait(false);
        return python is null ? Finding.Ng(suite.Name, "no Python of this machine can run it", missing!)
            : suite.Kind != SuiteKind.Unit || python.Measures ? Finding.Ok(suite.Name, $"{python.Program} has pytest")
            : Finding.Ng(suite.Name, $"{python.Program} has pytest, but not pytest-cov, which measures its coverage", python.Install("pytest-cov"));
    }

    /// <summary>Everybody decides for himself whether to have it: what is merged is looked at anyway.</summary>
    private static async Task<Finding> Hook(string root, CancellationToken cancel)
    {
        var hook = await CommitHook.Find(root, cancel).ConfigureAwait(false);
        return hook.Owner switch
        {
            HookOwner.Pipeline => Finding.Ok("commit-msg hook", "looks at messages before they are committed"),
            HookOwner.Outdated => Finding.Skip("commit-msg hook", $"is an older one, or cannot be started: {CommitHook.Command}"),
            HookOwner.Nobody => Finding.Skip("commit-msg hook", $"is not installed: {CommitHook.Command} looks at messages before they are committed"),
            _ => Finding.Skip("commit-msg hook", $"{hook.File} is somebody else's, and stays; it can call the check: {CommitHook.Line}"),
        };
    }

    private static async Task<Finding> Program(string name, IReadOnlyList<string> arguments, string fix, CancellationToken cancel)
    {
        try
        {
            var result = await ChildProcess.Run(new Command(name, arguments, Directory.GetCurrentDirectory()), cancel).ConfigureAwait(false);
            return result.ExitCode == 0 ? Finding.Ok(name, result.Output.Trim()) : Finding.Ng(name, $"it ends with exit code {result.ExitCode}", fix);
        }
        catch (Outcomes.PipelineException e)
        {
            return Finding.Ng(name, e.Message, fix);
        }
    }

    private static async Task<Finding> Sdk(string root, CancellationToken cancel)
    {
        var found = await Program("dotnet", ["--version"], "install the .NET SDK that global.json names: https://dot.net", cancel).ConfigureAwait(false);
        var file = Path.Combine(root, "global.json");
        if (found.Standing != Standing.Ok || !File.Exists(file))
        {
            return found with { Subject = ".NET SDK" };
        }

        using var json = JsonDocument.Parse(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false));
        var wanted = json.RootElement.TryGetProperty("sdk", out var sdk) && sdk.TryGetProperty("version", out var version) ? version.GetString() : null;
        return wanted is not null && found.Text.Split('.')[0] != wanted.Split('.')[0]
            ? Finding.Ng(".NET SDK", $"{found.Text}, but global.json wants {wanted}", "install that SDK: https://dot.net")
            : Finding.Ok(".NET SDK", wanted is null ? found.Text : $"{found.Text} (global.json: {wanted})");
    }

    private static async Task<Finding> Docker(PipelineConfiguration configuration, CancellationToken cancel)
    {
        var search = await DockerEngine.Find(cancel).ConfigureAwait(false);
        var secret = configuration.Services.FirstOrDefault(s => s.Docker is { Secrets.Count: > 0 });
        return search.Engine is not { } engine ? Finding.Ng("Docker", search.Problem, search.Fix)
            : engine.BuildKit ? Finding.Ok("Docker", $"engine {engine.Version}, builds with BuildKit")
            : secret is null ? Finding.Ok("Docker", $"engine {engine.Version}, builds without BuildKit")
            : Finding.Ng("Docker", $"engine {engine.Version} builds without BuildKit, which the build secrets of '{secret.Name}' need", "install the plug-in buildx: https://docs.docker.com/go/buildx");
    }

    private static Finding Disk(string root)
    {
        var free = new DriveInfo(root).AvailableFreeSpace;
        return free < LeastFree
            ? Finding.Ng("disk", $"{free >> 20:N0} MB free below {root}", "free some: images, logs and the embedded cloud's state need 2 GB")
            : Finding.Ok("disk", $"{free >> 30:N0} GB free");
    }

    private static async Task<Finding> Port(int port, EmbeddedCloud cloud, CancellationToken cancel)
    {
        if (await cloud.Find(cancel).ConfigureAwait(false) is { } running)
        {
            return Finding.Ok("embedded cloud", $"answers at {running.Endpoint} (process {running.Pid})");
        }

        return IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(l => l.Port == port)
            ? Finding.Ok("embedded cloud", $"does not run; somebody else has port {port}, it would take another")
            : Finding.Ok("embedded cloud", $"does not run; port {port} is free");
    }

    private static Finding Postgres() => (Environment.GetEnvironmentVariable("PATH") ?? "").Split(Path.PathSeparator).Append("/usr/lib/postgresql").Any(Has)
        ? Finding.Ok("PostgreSQL", "is installed: databases of the embedded cloud are real servers")
        : Finding.Skip("PostgreSQL", "is not installed: a database of the embedded cloud is only a description");

    private static bool Has(string folder) => folder.Length > 0 && (File.Exists(Path.Combine(folder, "initdb")) || (folder == "/usr/lib/postgresql" && Directory.Exists(folder)));
}
