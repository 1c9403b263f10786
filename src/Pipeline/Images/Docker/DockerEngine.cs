using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images.Docker;

/// <summary>A Docker engine that answers, with the client that reaches it.</summary>
/// <param name="Program">the client's full path</param>
/// <param name="Version">the engine's</param>
/// <param name="BuildKit">client and engine build with BuildKit</param>
public sealed record DockerEngine(string Program, string Version, bool BuildKit)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Looks for one: on PATH, at <c>DOCKER_HOST</c> or where the client's context says.</summary>
    public static Task<DockerSearch> Find(CancellationToken cancel) => Find(Programs.Find("docker"), new Dictionary<string, string?>(), cancel);

    /// <param name="program">the client; <c>null</c>: there is none</param>
    /// <param name="variables">for it, beside this process's</param>
    internal static async Task<DockerSearch> Find(string? program, IReadOnlyDictionary<string, string?> variables, CancellationToken cancel)
    {
        if (program is null)
        {
            return new(null, "there is no 'docker' on PATH", "install Docker Engine (https://docs.docker.com/engine/install), on Debian: apt-get install docker.io");
        }

        var result = await ChildProcess.Run(Ask("version", "--format", "{{json .}}"), cancel).ConfigureAwait(false);
        var answer = Read(result.Output);
        if (answer?["Server"] is not JsonObject server)
        {
            return Unreachable(result);
        }

        if ((string?)server["Os"] is { } system and not "linux")
        {
            return new(null, $"the Docker engine makes images for {system}, and services run on Linux", "switch Docker to Linux containers");
        }

        var client = (string?)answer["Client"]?[nameof(Version)] ?? "";
        var wanted = Environment.GetEnvironmentVariable("DOCKER_BUILDKIT") is not ("0" or "false");
        var buildx = wanted && NeedsBuildx(client) && (await ChildProcess.Run(Ask("buildx", "version"), cancel).ConfigureAwait(false)).ExitCode == 0;
        return new(new DockerEngine(program, (string?)server[nameof(Version)] ?? "", wanted && HasBuildKit(client, (string?)server["ApiVersion"] ?? "", buildx)), "", "");

        Command Ask(params string[] words) => new(program, words, Directory.GetCurrentDirectory()) { Timeout = Patience, PlainText = true, Environment = variables };
    }

    /// <summary>Looks for one.</summary>
    /// <param name="service">who needs it</param>
    /// <exception cref="PipelineException">none answers; the sentence says what to do</exception>
    public static async Task<DockerEngine> Demand(string service, CancellationToken cancel)
    {
        var search = await Find(cancel).ConfigureAwait(false);
        return search.Engine ?? throw new PipelineException(
            ExitCode.Failed,
            $"The image of '{service}' cannot be built: {search.Problem}.",
            new Detail("why", "its builder is 'docker', which needs a Docker engine; builders 'dotnet' and 'files' need none"),
            new Detail("next", search.Fix));
    }

    /// <summary>From 23 on the client leaves BuildKit to the plug-in buildx; before, from 18.09 on, it brought it itself.</summary>
    internal static bool HasBuildKit(string client, string engineApi, bool buildx) =>
        NeedsBuildx(client) ? buildx : Number(client) >= 18.09m && engineApi.Split('.') is [var major, var minor] && (Whole(major), Whole(minor)).CompareTo((1, 39)) >= 0;

    private static bool NeedsBuildx(string client) => Number(client) >= 23;

    private static DockerSearch Unreachable(CommandResult result)
    {
        var said = result.Error.Split('\n').Select(TerminalText.Echo).FirstOrDefault(l => l.Trim().Length > 0) ?? $"exit code {result.ExitCode}";
        return result.TimedOut ? new(null, $"the Docker engine did not answer within {Patience.TotalSeconds:0} s", "docker version")
            : said.Contains("permission denied", StringComparison.OrdinalIgnoreCase)
                ? new(null, $"this user may not use the Docker engine ({said})", "sudo usermod -aG docker \"$USER\", then log in again; or set DOCKER_HOST to an engine of your own")
                : new(null, $"no Docker engine answers ({said})", "start it: sudo systemctl start docker (or Docker Desktop); or set DOCKER_HOST to one that runs");
    }

    private static JsonNode? Read(string output)
    {
        try
        {
            return JsonNode.Parse(output);
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private static decimal Number(string version) =>
        version.Split('.') is [var major, var minor, ..] && decimal.TryParse($"{major}.{minor}", NumberStyles.AllowDecimalPoint, CultureInfo.InvariantCulture, out var number) ? number : 0;

    private static int Whole(string digits) => int.TryParse(digits, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? number : 0;
}

/// <summary>What the search for an engine found.</summary>
/// <param name="Engine"><c>null</c>: none answers</param>
/// <param name="Problem">then why, half a sentence</param>
/// <param name="Fix">then what to do</param>
public sealed record DockerSearch(DockerEngine? Engine, string Problem, string Fix);
