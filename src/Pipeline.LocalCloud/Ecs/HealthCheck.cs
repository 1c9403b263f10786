using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>A container's own health check: a command that is run beside it again and again.</summary>
/// <param name="Words">program and arguments</param>
/// <param name="StartPeriod">after the start, in which failures do not count</param>
internal sealed partial record HealthCheck(IReadOnlyList<string> Words, TimeSpan Interval, TimeSpan Timeout, int Retries, TimeSpan StartPeriod)
{
    /// <param name="container">the definition's members</param>
    /// <param name="ports">container port → port on 127.0.0.1</param>
    /// <returns><c>null</c> when the container has none</returns>
    public static HealthCheck? Of(JsonObject container, IReadOnlyDictionary<int, int> ports)
    {
        if (container.Object("healthCheck") is not { } check || check.Texts("command") is not { Count: > 0 } command || command[0] == "NONE")
        {
            return null;
        }

        IReadOnlyList<string> words = [.. command.Select(word => Here(word, ports))];
        IReadOnlyList<string> run = words[0] switch
        {
            "CMD" when words.Count > 1 => [.. words.Skip(1)],
            "CMD-SHELL" => ["/bin/sh", "-c", string.Join(' ', words.Skip(1))],
            _ => ["/bin/sh", "-c", string.Join(' ', words)],
        };
        return new(run, Seconds("interval", 30), Seconds("timeout", 5), check.Int("retries") ?? 3, Seconds("startPeriod", 0));

        TimeSpan Seconds(string name, int unless) => TimeSpan.FromSeconds(check.Int(name) ?? unless);
    }

    /// <exception cref="AwsException">ClientException: a member is missing or outside what ECS takes</exception>
    public static void Validate(JsonObject check)
    {
        if (check.Texts("command").Count == 0)
        {
            throw new AwsException("ClientException", "Invalid health check: command must not be empty.");
        }

        foreach (var (name, least, most) in new[] { ("interval", 5, 300), ("timeout", 2, 60), ("retries", 1, 10), ("startPeriod", 0, 300) })
        {
            if (check.Int(name) is { } value && (value < least || value > most))
            {
                throw new AwsException("ClientException", $"Invalid health check: {name} must be between {least} and {most}, not {value}.");
            }
        }
    }

    /// <summary>Runs the command until it is cancelled; tells <c>HEALTHY</c> and <c>UNHEALTHY</c>.</summary>
    /// <param name="container">where it is run</param>
    /// <param name="timeScale">divides the intervals, not the timeout: the command itself is not faster than on AWS</param>
    public async Task Watch(ITaskProcess container, TimeProvider clock, double timeScale, Action<string> tell, CancellationToken cancel)
    {
        var grace = clock.GetUtcNow() + (StartPeriod / timeScale);
        var failures = 0;
        while (true)
        {
            await Task.Delay(Interval / timeScale, clock, cancel);
            if (await Passes(container, cancel))
            {
                failures = 0;
                grace = default;
                tell("HEALTHY");
            }
            else if (clock.GetUtcNow() >= grace && ++failures >= Retries)
            {
                tell("UNHEALTHY");
            }
        }
    }

    private async Task<bool> Passes(ITaskProcess container, CancellationToken cancel)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        patience.CancelAfter(Timeout);
        try
        {
            return await container.RunBeside(Words, patience.Token) == 0;
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return false;
        }
    }

    /// <summary>The container's port is another one on this machine.</summary>
    private static string Here(string word, IReadOnlyDictionary<int, int> ports) => OwnAddress().Replace(word, match =>
        ports.TryGetValue(int.Parse(match.Groups["port"].ValueSpan, CultureInfo.InvariantCulture), out var port) ? $"127.0.0.1:{port}" : match.Value);

    [GeneratedRegex(@"\b(localhost|127\.0\.0\.1):(?<port>\d{1,5})\b", RegexOptions.CultureInvariant | RegexOptions.ExplicitCapture)]
    private static partial Regex OwnAddress();
}
