using System.Diagnostics;
using Amazon.Runtime;
using Pipeline.Aws;

namespace Pipeline.Tests.Aws;

/// <summary>An AWS emulator that is not ours, started with the first test that needs it and ended after the last (<see cref="AfterAllTests"/>).</summary>
public sealed class Moto
{
    private static readonly Lazy<Moto> Running = new(() => new Moto().Start());
    private readonly TaskCompletionSource _listening = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly int _port = FreePort.Next();
    private Process? _process;

    public static string Region => "eu-central-1";

    public static AWSCredentials Credentials { get; } = new BasicAWSCredentials("test", "test");

    /// <summary>Points a client's configuration at the emulator.</summary>
    public static TConfig At<TConfig>(TConfig config)
        where TConfig : ClientConfig
    {
        config.ServiceURL = Endpoint;
        config.AuthenticationRegion = Region;
        return config;
    }

    public static string Endpoint
    {
        get
        {
            Requires.Program("moto", "moto_server");
            return $"http://127.0.0.1:{Running.Value._port}";
        }
    }

    public static AwsConnection Connect() => AwsConnection.ToEmbeddedCloud(new Uri(Endpoint).Port, Region, "123456789012");

    public static void End()
    {
        if (Running.IsValueCreated)
        {
            Running.Value._process?.Kill(entireProcessTree: true);
            Running.Value._process?.Dispose();
        }
    }

    private Moto Start()
    {
        var start = new ProcessStartInfo(Requires.Program("moto", "moto_server"), ["-H", "127.0.0.1", "-p", $"{_port}"])
        {
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Path.GetTempPath(),
        };
        _process = Process.Start(start)!;
        _process.OutputDataReceived += Listen;
        _process.ErrorDataReceived += Listen;
        _process.BeginOutputReadLine();
        _process.BeginErrorReadLine();
        Assert.That(_listening.Task.Wait(TimeSpan.FromSeconds(60)), "moto_server did not start within a minute");
        return this;
    }

    private void Listen(object sender, DataReceivedEventArgs line)
    {
        if (line.Data?.Contains("Running on", StringComparison.Ordinal) == true)
        {
            _listening.TrySetResult();
        }
    }
}
