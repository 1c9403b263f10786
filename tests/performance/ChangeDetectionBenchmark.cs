using System.Diagnostics;
using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Performance;

/// <summary>Change detection as a whole command (a process of its own, configuration included) against git's floor: <c>ls-tree</c> and <c>diff-tree</c>.</summary>
internal static class ChangeDetectionBenchmark
{
    private const int Rounds = 7;
    private const string Recorded = "recorded.json";

    public static async Task<int> Run(string[] arguments)
    {
        var projects = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 2000;
        var files = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 50_000;
        var root = Directory.CreateTempSubdirectory("pipeline-performance-").FullName;
        try
        {
            Console.WriteLine($"generating {projects} projects, {files} files …");
            ChangeDetectionRepository.Generate(root, projects, files);
            var deployed = ChangeDetectionRepository.Git(root, "rev-parse", "HEAD").Trim();
            await Once(root, deployed);
            for (var i = 0; i < 200; i++)
            {
                File.AppendAllText(Path.Combine(root, ChangeDetectionRepository.Folder(i * (projects / 200)), "Area1", "Type1.cs"), "// changed\n");
            }

            ChangeDetectionRepository.Commit(root, "changed");
            var floor = Median(() =>
            {
                ChangeDetectionRepository.Git(root, "ls-tree", "-r", "-t", "-z", "HEAD");
                ChangeDetectionRepository.Git(root, "diff-tree", "-r", "-z", "--no-renames", "--raw", deployed, "HEAD");
            });
            Report("git floor", floor, floor);
            Report("clean, 200 files changed", Median(() => Command(root, deployed)), floor);
            File.AppendAllText(Path.Combine(root, ChangeDetectionRepository.Folder(0), "Area1", "Type1.cs"), "// uncommitted\n");
            File.WriteAllText(Path.Combine(root, ChangeDetectionRepository.Folder(0), "untracked.cs"), "");
            Report("with uncommitted changes", Median(() => Command(root, deployed)), floor);
            return 0;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    public static int Generate(string root)
    {
        ChangeDetectionRepository.Generate(root, 2000, 50_000);
        return 0;
    }

    /// <summary>What <c>DetectChanges</c> does. The first call in a repository records its state as what runs.</summary>
    public static async Task<int> Once(string root, string deployed)
    {
        var watch = Stopwatch.StartNew();
        var configuration = ConfigurationLoader.Load(root, "staging");
        var loaded = watch.Elapsed;
        var record = Path.Combine(root, ".git", Recorded);
        var running = File.Exists(record) ? Read(record, deployed) : [];
        var read = watch.Elapsed;
        var changes = await ChangeDetector.Detect(configuration, running, refuseUncommitted: false, CancellationToken.None);
        Console.WriteLine($"{changes.Due.Count()} of {changes.Services.Count} due, {changes.FilesCompared} files; configuration {loaded.TotalMilliseconds:0} ms, record {(read - loaded).TotalMilliseconds:0} ms, detection {(watch.Elapsed - read).TotalMilliseconds:0} ms");
        if (running.Count == 0)
        {
            File.WriteAllText(record, ChangeReport.ToJson(changes, "staging"));
        }

        return 0;
    }

    private static Dictionary<string, RunningService> Read(string record, string commit)
    {
        var json = JsonNode.Parse(File.ReadAllBytes(record))!;
        var tree = (string)json["tree"]!;
        return json["services"]!.AsArray().ToDictionary(s => (string)s!["name"]!, s => new RunningService(
            commit,
            tree,
            new ServiceInputs((string)s!["inputs"]!["hash"]!, s["inputs"]!["parts"]!.AsObject().ToDictionary(p => p.Key, p => (string)p.Value!)),
            "sha256:0",
            "v1.0.0"));
    }

    private static void Command(string root, string deployed)
    {
        using var process = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["change-detection-once", root, deployed]) { RedirectStandardOutput = true })!;
        Console.WriteLine("  " + process.StandardOutput.ReadToEnd().TrimEnd());
        process.WaitForExit();
    }

    private static TimeSpan Median(Action action)
    {
        var times = Enumerable.Range(0, Rounds).Select(_ =>
        {
            var watch = Stopwatch.StartNew();
            action();
            return watch.Elapsed;
        }).Order().ToList();
        return times[Rounds / 2];
    }

    private static void Report(string what, TimeSpan time, TimeSpan floor) =>
        Console.WriteLine($"{what,-28}{time.TotalMilliseconds,8:0} ms  {time / floor,5:0.0} × floor");
}
