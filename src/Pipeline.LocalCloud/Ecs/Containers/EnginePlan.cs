using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs.Containers;

/// <summary>How a container is run by the Docker engine. Its environment travels in the engine's own protocol, so no value is ever on a command line.</summary>
/// <param name="Image">as the engine knows it</param>
/// <param name="Container">the definition's members, overrides applied</param>
/// <param name="Limits">of the task; <c>null</c>: none</param>
/// <param name="Environment">beyond the image's own</param>
internal sealed record EnginePlan(ContainerEngine Engine, string Image, JsonObject Container, Reservation? Limits, IReadOnlyDictionary<string, string> Environment) : IContainerPlan
{
    /// <summary>For one call; not the task's patience, since a container that the engine makes meanwhile must be known.</summary>
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    /// <summary>Sent to end it gracefully.</summary>
    public string StopSignal { get; init; } = "SIGTERM";

    public string? Remark => null;

    public async Task<ITaskProcess> Start(Action<string> onLine, CancellationToken cancel)
    {
        cancel.ThrowIfCancellationRequested();
        using var patience = new CancellationTokenSource(Patience);
        string? id = null;
        try
        {
            var created = await Engine.Api.Ask(HttpMethod.Post, "containers/create", await Description(patience.Token), patience.Token);
            id = (string)created!["Id"]!;
            await Engine.Api.Ask(HttpMethod.Post, $"containers/{id}/start", null, patience.Token);
            var state = (await Engine.Api.Ask(HttpMethod.Get, $"containers/{id}/json", null, patience.Token))!["State"]!;
            return new EngineContainer(Engine, id, onLine) { Id = (int?)state["Pid"] is > 0 and var process ? process : null, StopSignal = StopSignal };
        }
        catch (Exception e)
        {
            if (id is not null)
            {
                await Engine.Remove(id, CancellationToken.None);
            }

            throw e is EngineRefusal or HttpRequestException or OperationCanceledException ? new TaskStartFailure($"CannotStartContainerError: Error response from daemon: {e.Message}") : e;
        }
    }

    private async Task<JsonObject> Description(CancellationToken cancel)
    {
        var host = new JsonObject
        {
            // The load balancer and the cloud itself are on 127.0.0.1.
            ["NetworkMode"] = "host",
            ["ReadonlyRootfs"] = Container.Flag("readonlyRootFilesystem") ?? false,
            ["Init"] = Container.Object("linuxParameters")?.Flag("initProcessEnabled") ?? false,
        };
        if ((Container.Number("memory") * 1024 * 1024 ?? Limits?.Bytes) is { } bytes)
        {
            // As on Fargate, there is nothing to swap to.
            host["Memory"] = (long)bytes;
            host["MemorySwap"] = (long)bytes;
        }

        if (Limits is { } limits && await Engine.LimitsCpu(cancel))
        {
            host["NanoCpus"] = (long)(Math.Min(limits.Cpus, System.Environment.ProcessorCount) * 1_000_000_000);
        }

        var description = new JsonObject
        {
            [nameof(Image)] = Image,
            ["Labels"] = Engine.Labels,
            ["Env"] = new JsonArray([.. Environment.Select(v => JsonValue.Create($"{v.Key}={v.Value}"))]),
            ["HostConfig"] = host,
        };
        foreach (var (member, words) in new[] { ("Entrypoint", Container.Texts("entryPoint")), ("Cmd", Container.Texts("command")) })
        {
            if (words.Count > 0)
            {
                description[member] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]);
            }
        }

        foreach (var (member, text) in new[] { ("WorkingDir", Container.Text("workingDirectory")), ("User", Container.Text("user")) })
        {
            if (text is not null)
            {
                description[member] = text;
            }
        }

        return description;
    }
}
