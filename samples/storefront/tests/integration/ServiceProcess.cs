using System.Diagnostics;
using System.Text;
using System.Text.RegularExpressions;

namespace Storefront.Tests;

/// <summary>One of the services as its own process on a free loopback port, killed with the test.</summary>
internal sealed partial class ServiceProcess : IAsyncDisposable
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    private readonly Process process;
    private readonly StringBuilder log = new();
    private readonly List<(string Text, TaskCompletionSource<string> Seen)> awaited = [];

    private ServiceProcess(string program, IEnumerable<KeyValuePair<string, string?>> environment)
    {
        var start = new ProcessStartInfo("dotnet", [Path.Combine(AppContext.BaseDirectory, program)]) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var name in start.Environment.Keys.Where(FromOutside).ToArray())
        {
            start.Environment.Remove(name);
        }

        foreach (var (name, value) in environment.Append(new("ASPNETCORE_URLS", "http://127.0.0.1:0")))
        {
            start.Environment[name] = value;
        }

        process = new Process { StartInfo = start };
        process.OutputDataReceived += (_, line) => Heard(line.Data);
        process.ErrorDataReceived += (_, line) => Heard(line.Data);
    }

    public HttpClient Http { get; } = new() { Timeout = Deadline };

    public Uri Address => Http.BaseAddress!;

    public static Task<ServiceProcess> ApiAsync(params (string Name, string Value)[] environment) => StartAsync("Storefront.Api.dll", environment);

    public static Task<ServiceProcess> WebAsync(Uri api) => StartAsync("Storefront.Web.dll", ("API_URL", api.ToString()));

    /// <summary>Completes with the line when the process has written it.</summary>
    public Task<string> SaysAsync(string text)
    {
        lock (log)
        {
            if (log.ToString().Split('\n').FirstOrDefault(line => line.Contains(text, StringComparison.Ordinal)) is { } said)
            {
                return Task.FromResult(said);
            }

            var seen = new TaskCompletionSource<string>(TaskCreationOptions.RunContinuationsAsynchronously);
            awaited.Add((text, seen));
            return InTimeAsync(seen.Task, text);
        }
    }

    /// <summary>Asks the process to end, as ECS does.</summary>
    public void Terminate() => Process.Start("kill", ["-TERM", process.Id.ToString()]).WaitForExit();

    public async Task<int> ExitAsync()
    {
        using var deadline = new CancellationTokenSource(Deadline);
        await process.WaitForExitAsync(deadline.Token);
        return process.ExitCode;
    }

    public async Task KillAsync()
    {
        process.Kill(entireProcessTree: true);
        await process.WaitForExitAsync();
    }

    public async ValueTask DisposeAsync()
    {
        Http.Dispose();
        if (!process.HasExited)
        {
            await KillAsync();
        }

        process.Dispose();
    }

    private static async Task<ServiceProcess> StartAsync(string program, params (string Name, string Value)[] environment)
    {
        var service = new ServiceProcess(program, environment.Select(variable => KeyValuePair.Create(variable.Name, (string?)variable.Value)));
        service.process.Start();
        try
        {
            service.process.BeginOutputReadLine();
            service.process.BeginErrorReadLine();
            var listening = await service.SaysAsync("Now listening on:");
            service.Http.BaseAddress = new Uri(ListeningAddress().Match(listening).Value);
            using var health = await service.Http.GetAsync("/health");
            health.EnsureSuccessStatusCode();
            return service;
        }
        catch
        {
            await service.DisposeAsync();
            throw;
        }
    }

    // What the test run itself was given must not reach the services.
    private static bool FromOutside(string name) =>
        name.StartsWith("ASPNETCORE_", StringComparison.Ordinal)
        || name.StartsWith("DATABASE_", StringComparison.Ordinal)
        || name.StartsWith("SERVICE_", StringComparison.Ordinal)
        || name is "QUEUE_URL" or "API_URL" or "ENVIRONMENT_NAME";

    private void Heard(string? line)
    {
        lock (log)
        {
            if (line is null)
            {
                return;
            }

            log.Append(line).Append('\n');
            foreach (var (_, seen) in awaited.Where(wish => line.Contains(wish.Text, StringComparison.Ordinal)))
            {
                seen.TrySetResult(line);
            }
        }
    }

    private async Task<string> InTimeAsync(Task<string> said, string text)
    {
        try
        {
            await Task.WhenAny(said, process.WaitForExitAsync()).WaitAsync(Deadline);
        }
        catch (TimeoutException)
        {
            // Judged below, together with a process that ended.
        }

        lock (log)
        {
            return said.IsCompletedSuccessfully ? said.Result : throw new InvalidOperationException($"The service did not say '{text}'. It said:\n{log}");
        }
    }

    [GeneratedRegex(@"http://[\d.:]+")]
    private static partial Regex ListeningAddress();
}
