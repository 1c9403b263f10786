using System.Diagnostics;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud;
using Pipeline.Processes;

namespace Pipeline.Tests.LocalCloud;

/// <summary>The program itself, as a process.</summary>
[Platform(Exclude = "Win")]
public sealed class FrontProgramTests
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(60);
    private string _folder = "";

    private static string Program => typeof(CloudServer).Assembly.Location;

    [SetUp]
    public void MakeFolder() => _folder = Directory.CreateTempSubdirectory("program-").FullName;

    [TearDown]
    public void RemoveFolder() => Directory.Delete(_folder, recursive: true);

    [Test]
    public async Task It_says_when_it_listens_survives_a_hang_up_and_ends_cleanly_when_told()
    {
        using var deadline = new CancellationTokenSource(Patience);
        var ready = Path.Combine(_folder, "run", "ready.json");
        using var watcher = new FileSystemWatcher(Directory.CreateDirectory(Path.GetDirectoryName(ready)!).FullName);
        var written = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        watcher.Renamed += (_, e) => _ = e.Name == "ready.json" && written.TrySetResult();
        watcher.EnableRaisingEvents = true;
        using var process = Process.Start(new ProcessStartInfo("dotnet", [Program, "--port", "0", "--state", Path.Combine(_folder, "state"), "--ready-file", ready]) { RedirectStandardOutput = true })!;
        try
        {
            await written.Task.WaitAsync(deadline.Token);
            var told = JsonNode.Parse(await File.ReadAllTextAsync(ready, deadline.Token))!;
            using var http = new HttpClient { BaseAddress = new Uri((string)told["endpoint"]!) };
            await Signal("-HUP", process.Id, deadline.Token);
            var status = JsonNode.Parse(await http.GetStringAsync(new Uri("/_cloud/status", UriKind.Relative), deadline.Token))!;

            Assert.That((int?)told["pid"], Is.EqualTo(process.Id).And.EqualTo((int?)status["pid"]));
            var second = await ChildProcess.Run(new Command("dotnet", [Program, "--port", http.BaseAddress.Port.ToString(System.Globalization.CultureInfo.InvariantCulture)], _folder), deadline.Token);
            Assert.That(second.ExitCode, Is.EqualTo(1));
            Assert.That(second.Error.TrimEnd().Split('\n'), Has.Length.EqualTo(1));

            await Signal("-TERM", process.Id, deadline.Token);
            await process.WaitForExitAsync(deadline.Token);
            Assert.That(process.ExitCode, Is.Zero);
        }
        finally
        {
            process.Kill(entireProcessTree: true);
        }
    }

    private static Task<CommandResult> Signal(string name, int pid, CancellationToken cancel) =>
        ChildProcess.Run(new Command("kill", [name, pid.ToString(System.Globalization.CultureInfo.InvariantCulture)], Path.GetTempPath()), cancel);
}
