using System.Buffers.Binary;
using System.Text;
using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Ecs.Containers;

/// <summary>A running container of the Docker engine; removed when it has ended.</summary>
internal sealed class EngineContainer : ITaskProcess
{
    /// <summary>What nobody could ask for counts as killed.</summary>
    private const int Killed = 137;

    /// <summary>How long an engine may take to kill, before it is taken for gone.</summary>
    private static readonly TimeSpan KillPatience = TimeSpan.FromSeconds(30);

    private readonly ContainerEngine _engine;
    private readonly string _container;
    private readonly TaskCompletionSource<int> _exited = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public EngineContainer(ContainerEngine engine, string container, Action<string> onLine)
    {
        (_engine, _container) = (engine, container);
        _ = Task.Run(async () => _exited.TrySetResult(await Follow(onLine)));
    }

    /// <summary>Its first process, where this machine's process table shows it.</summary>
    public int? Id { get; init; }

    public string RuntimeId => _container;

    public string StopSignal { get; init; } = "SIGTERM";

    public Task<int> Exited => _exited.Task;

    public void Terminate() => Signal(StopSignal);

    public void Kill()
    {
        Signal("SIGKILL");
        _ = Task.Delay(KillPatience).ContinueWith(_ => _exited.TrySetResult(Killed), TaskScheduler.Default);
    }

    public async Task<int> RunBeside(IReadOnlyList<string> words, CancellationToken cancel)
    {
        try
        {
            var made = await _engine.Api.Ask(HttpMethod.Post, $"containers/{_container}/exec", new JsonObject
            {
                ["AttachStdout"] = true,
                ["AttachStderr"] = true,
                ["Cmd"] = new JsonArray([.. words.Select(w => JsonValue.Create(w))]),
            }, cancel);
            var id = (string)made![nameof(Id)]!;
            using (var running = await _engine.Api.Send(HttpMethod.Post, $"exec/{id}/start", new JsonObject { ["Detach"] = false, ["Tty"] = false }, null, cancel))
            {
                await using var output = await running.Content.ReadAsStreamAsync(cancel);
                await output.CopyToAsync(Stream.Null, cancel);
            }

            return (int?)(await _engine.Api.Ask(HttpMethod.Get, $"exec/{id}/json", null, cancel))?["ExitCode"] ?? Killed;
        }
        catch (Exception e) when (e is EngineRefusal or HttpRequestException or IOException)
        {
            // It has ended, or the engine has: either way nothing was found to be well.
            return Killed;
        }
    }

    private void Signal(string name) => _ = Task.Run(async () =>
    {
        try
        {
            await _engine.Api.Ask(HttpMethod.Post, $"containers/{_container}/kill?signal={name}", null, CancellationToken.None);
        }
        catch (Exception e) when (e is EngineRefusal or HttpRequestException or IOException)
        {
            // It has ended already.
        }
    });

    private async Task<int> Follow(Action<string> onLine)
    {
        try
        {
            await ReadLog(onLine);
            var ended = await _engine.Api.Ask(HttpMethod.Post, $"containers/{_container}/wait", null, CancellationToken.None);
            await _engine.Remove(_container, CancellationToken.None);
            return (int?)ended?["StatusCode"] ?? Killed;
        }
        catch (Exception e) when (e is EngineRefusal or HttpRequestException or IOException)
        {
            onLine($"The Docker engine lost the container: {e.Message}");
            return Killed;
        }
    }

    /// <summary>The engine sends both streams as one, in frames: which stream, three zeros, length, content.</summary>
    private async Task ReadLog(Action<string> onLine)
    {
        using var answer = await _engine.Api.Send(HttpMethod.Get, $"containers/{_container}/logs?follow=1&stdout=1&stderr=1", null, null, CancellationToken.None);
        await using var stream = await answer.Content.ReadAsStreamAsync();
        var lines = new Dictionary<byte, (Decoder Decoder, LineSplitter Lines)>();
        var (header, content, text) = (new byte[8], new byte[16 * 1024], new char[16 * 1024]);
        while (await stream.ReadAtLeastAsync(header, header.Length, throwOnEndOfStream: false) == header.Length)
        {
            var source = lines.TryGetValue(header[0], out var known) ? known : lines[header[0]] = (Encoding.UTF8.GetDecoder(), new LineSplitter(onLine));
            for (var left = BinaryPrimitives.ReadUInt32BigEndian(header.AsSpan(4)); left > 0;)
            {
                var count = await stream.ReadAsync(content.AsMemory(0, (int)Math.Min(left, content.Length)));
                if (count == 0)
                {
                    throw new EndOfStreamException("its log ended in the middle");
                }

                source.Lines.Append(text.AsSpan(0, source.Decoder.GetChars(content, 0, count, text, 0)));
                left -= (uint)count;
            }
        }

        foreach (var (_, splitter) in lines.Values)
        {
            splitter.End();
        }
    }
}
