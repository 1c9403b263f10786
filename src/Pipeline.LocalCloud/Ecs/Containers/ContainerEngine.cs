using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Registry;

namespace Pipeline.LocalCloud.Ecs.Containers;

/// <summary>The Docker engine of this machine, as far as the cloud uses it.</summary>
/// <param name="socket">its path</param>
/// <param name="cloud">the cloud's state folder: its containers are known by it</param>
/// <param name="registry">host and port of the cloud's registry</param>
/// <param name="password">a password for it, for the user <c>AWS</c></param>
internal sealed class ContainerEngine(string socket, string cloud, Func<string> registry, Func<string> password) : IDisposable
{
    private const string CloudLabel = "pipeline.cloud";
    private const string ProcessLabel = "pipeline.cloud.process";
    private const string UnixScheme = "unix://";
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    public DockerApi Api { get; } = new(socket);

    /// <summary>Where Docker's client would look, as far as that is this machine; <c>null</c>: somewhere else.</summary>
    /// <param name="host">of <c>DOCKER_HOST</c></param>
    public static string? SocketOf(string? host) =>
        string.IsNullOrEmpty(host) ? "/var/run/docker.sock"
        : host.StartsWith(UnixScheme, StringComparison.Ordinal) ? host[UnixScheme.Length..]
        : null;

    /// <summary>Labels of everything that this cloud starts.</summary>
    public JsonObject Labels => new() { [CloudLabel] = cloud, [ProcessLabel] = Environment.ProcessId.ToString(CultureInfo.InvariantCulture) };

    /// <summary>Why containers can not run as such now; <c>null</c>: they can.</summary>
    public async Task<string?> Missing(CancellationToken cancel)
    {
        if (!OperatingSystem.IsLinux() || !File.Exists(socket))
        {
            return $"no Docker engine is at {UnixScheme}{socket}";
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var info = await Api.Ask(HttpMethod.Get, "info", null, patience.Token);
            var options = info?["SecurityOptions"]?.AsArray().Select(o => (string?)o ?? "") ?? [];
            return (string?)info?["OSType"] != "linux" ? "the Docker engine does not run Linux containers"
                : ((string?)info["OperatingSystem"])?.StartsWith("Docker Desktop", StringComparison.Ordinal) == true || options.Any(o => o.Contains("rootless", StringComparison.Ordinal))
                    ? "the Docker engine has a network of its own (rootless, or a virtual machine), which the load balancer can not reach"
                    : null;
        }
        catch (Exception e) when (e is HttpRequestException or EngineRefusal || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            return $"no Docker engine answers at {UnixScheme}{socket}";
        }
    }

    /// <summary>Whether limits of CPU can be set.</summary>
    public async Task<bool> LimitsCpu(CancellationToken cancel) => (bool?)(await Api.Ask(HttpMethod.Get, "info", null, cancel))?["CpuCfsQuota"] ?? false;

    /// <summary>Brings an image of the cloud's registry into the engine.</summary>
    /// <returns>what the engine knows it as</returns>
    /// <exception cref="ImageUnavailable">it can not be pulled</exception>
    public async Task<string> Pull(ResolvedImage image, CancellationToken cancel)
    {
        var name = $"{registry()}/{image.Repository}";
        var reference = $"{name}@{image.Digest}";
        try
        {
            if (await Has(reference, cancel))
            {
                return reference;
            }

            var login = new JsonObject { ["username"] = "AWS", ["password"] = password(), ["serveraddress"] = registry() };
            using var answer = await Api.Send(HttpMethod.Post, $"images/create?fromImage={Uri.EscapeDataString(name)}&tag={Uri.EscapeDataString(image.Digest)}", null, Base64Url(login), cancel);
            using var progress = new StreamReader(await answer.Content.ReadAsStreamAsync(cancel));
            while (await progress.ReadLineAsync(cancel) is { } line)
            {
                if (line.Length > 0 && (string?)JsonNode.Parse(line)?["error"] is { } error)
                {
                    throw new ImageUnavailable($"{reference}: {error}");
                }
            }

            return reference;
        }
        catch (Exception e) when (e is EngineRefusal or HttpRequestException or IOException)
        {
            throw new ImageUnavailable($"{reference}: {e.Message}");
        }
    }

    /// <summary>Removes what earlier lives of this cloud left, and clouds that are gone: a killed one can not do it itself.</summary>
    public async Task RemoveLeftovers(CancellationToken cancel)
    {
        if (!File.Exists(socket))
        {
            return;
        }

        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Patience);
        try
        {
            var filter = new JsonObject { ["label"] = new JsonArray(CloudLabel) }.ToJsonString();
            var ours = await Api.Ask(HttpMethod.Get, $"containers/json?all=1&filters={Uri.EscapeDataString(filter)}", null, patience.Token) as JsonArray ?? [];
            foreach (var container in ours.Where(c => IsLeftover(c![nameof(Labels)]!)))
            {
                await Remove((string)container!["Id"]!, patience.Token);
            }
        }
        catch (Exception e) when (e is HttpRequestException or EngineRefusal or IOException || (e is OperationCanceledException && !cancel.IsCancellationRequested))
        {
            // Without an engine nothing runs; the next start tries again.
        }
    }

    /// <summary>Ends it at once, if it still runs, and removes it.</summary>
    public async Task Remove(string container, CancellationToken cancel)
    {
        try
        {
            await Api.Ask(HttpMethod.Delete, $"containers/{container}?force=1&v=1", null, cancel);
        }
        catch (EngineRefusal refusal) when (refusal.Status is 404 or 409)
        {
            // It is gone, or somebody else removes it.
        }
    }

    public void Dispose() => Api.Dispose();

    private bool IsLeftover(JsonNode labels) =>
        (string?)labels[CloudLabel] == cloud || !(int.TryParse((string?)labels[ProcessLabel], NumberStyles.None, CultureInfo.InvariantCulture, out var process) && Lives(process));

    private static bool Lives(int process)
    {
        try
        {
            using var found = Process.GetProcessById(process);
            return true;
        }
        catch (ArgumentException)
        {
            return false;
        }
    }

    private async Task<bool> Has(string reference, CancellationToken cancel)
    {
        try
        {
            await Api.Ask(HttpMethod.Get, $"images/{reference}/json", null, cancel);
            return true;
        }
        catch (EngineRefusal refusal) when (refusal.Status == 404)
        {
            return false;
        }
    }

    private static string Base64Url(JsonObject json) => Convert.ToBase64String(Encoding.UTF8.GetBytes(json.ToJsonString())).Replace('+', '-').Replace('/', '_');
}
