using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Images.Docker;

/// <summary>
/// A login that leaves nothing behind: it is written into a folder of its own, which only this user can read and which goes with this object.
/// The user's other logins, contexts and plug-ins hold there too.
/// </summary>
internal sealed class DockerLogin : IDisposable
{
    private static readonly string[] Shared = ["cli-plugins", "contexts", "buildx"];

    private DockerLogin(string folder) => Folder = folder;

    /// <summary>For <c>DOCKER_CONFIG</c>.</summary>
    public string Folder { get; }

    /// <exception cref="PipelineException">the registry refuses</exception>
    public static async Task<DockerLogin> To(RegistryEndpoint registry, Func<DockerCall, Command> command, CancellationToken cancel)
    {
        var login = new DockerLogin(Directory.CreateTempSubdirectory("pipeline-docker-").FullName);
        try
        {
            login.TakeOver(registry.Host);
            if (registry.User is { } user)
            {
                var call = command(new DockerCall.Login(registry.Host, user));
                var result = await ChildProcess.Run(login.With(call) with { Input = registry.Password }, cancel).ConfigureAwait(false);
                if (result.ExitCode != 0)
                {
                    throw new PipelineException(ExitCode.Failed, $"Docker could not log in to the registry {registry.Host}: {Checks.Dotnet.Tail(result)}");
                }
            }

            return login;
        }
        catch
        {
            login.Dispose();
            throw;
        }
    }

    /// <summary>The same call, logged in.</summary>
    public Command With(Command command) => command with { Environment = new Dictionary<string, string?>(command.Environment) { ["DOCKER_CONFIG"] = Folder } };

    public void Dispose() => Directory.Delete(Folder, recursive: true);

    private void TakeOver(string host)
    {
        var users = Environment.GetEnvironmentVariable("DOCKER_CONFIG") is { Length: > 0 } named ? named : Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".docker");
        foreach (var name in Shared.Where(n => Directory.Exists(Path.Combine(users, n))))
        {
            Directory.CreateSymbolicLink(Path.Combine(Folder, name), Path.Combine(users, name));
        }

        var settings = Read(Path.Combine(users, "config.json"));
        // An empty helper for this registry: its password stays in this folder, not in the user's keychain.
        var helpers = settings["credHelpers"] as JsonObject ?? [];
        helpers[host] = "";
        settings["credHelpers"] = helpers;
        File.WriteAllText(Path.Combine(Folder, "config.json"), settings.ToJsonString());
    }

    private static JsonObject Read(string file)
    {
        try
        {
            return File.Exists(file) ? JsonNode.Parse(File.ReadAllText(file)) as JsonObject ?? [] : [];
        }
        catch (JsonException)
        {
            // Docker itself says what is wrong with it.
            return [];
        }
    }
}
