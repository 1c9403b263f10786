using System.Diagnostics;
using System.Globalization;
using System.Text;
using Pipeline.Configuration;
using Pipeline.Versions;

namespace Pipeline.Performance;

/// <summary>Planning a release of many commits against <c>git log</c> reading the same messages.</summary>
internal static class VersionBenchmark
{
    private const int Rounds = 7;
    private static readonly string[] Types = ["feat", "fix", "docs", "chore", "test", "refactor", "build", "perf", "ci"];

    public static async Task<int> Run(string[] arguments)
    {
        var commits = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var root = Directory.CreateTempSubdirectory("pipeline-performance-").FullName;
        try
        {
            Console.WriteLine($"generating {commits} commits …");
            Generate(root, commits);
            var configuration = ConfigurationLoader.Load(root, "dev");
            var plan = await VersionPlanner.Plan(configuration, CancellationToken.None);
            Console.WriteLine($"{plan.Steps[0].ReleasedTag} -> {plan.Steps[0].Tag}, {plan.Steps[0].Changes.Count} changes");
            // In turn: whatever else the machine does hits both alike.
            var (floors, times) = (new List<TimeSpan>(), new List<TimeSpan>());
            for (var round = 0; round < Rounds; round++)
            {
                floors.Add(await Time(() => Task.FromResult(ChangeDetectionRepository.Git(root, "log", "--format=%B", "v1.0.0..HEAD"))));
                times.Add(await Time(() => VersionPlanner.Plan(configuration, CancellationToken.None)));
            }

            var (floor, time) = (Median(floors), Median(times));
            Console.WriteLine($"git log      {floor.TotalMilliseconds,8:0} ms (fastest {floors.Min().TotalMilliseconds:0})");
            Console.WriteLine($"plan         {time.TotalMilliseconds,8:0} ms (fastest {times.Min().TotalMilliseconds:0})  {time / floor:0.00} × git log (bound: 1.50)");
            return time <= 1.5 * floor ? 0 : 1;
        }
        finally
        {
            Directory.Delete(root, recursive: true);
        }
    }

    /// <summary>Messages as people write them: some with a body, footers, a pull request; one in fifty a merge.</summary>
    private static void Generate(string root, int commits)
    {
        ChangeDetectionRepository.Generate(root, 2, 4);
        File.WriteAllText(Path.Combine(root, "pipeline.yml"), File.ReadAllText(Path.Combine(root, "pipeline.yml")).Replace("staging", "dev", StringComparison.Ordinal));
        ChangeDetectionRepository.Commit(root, "chore: base");
        ChangeDetectionRepository.Git(root, "tag", "v1.0.0");
        using var import = Process.Start(new ProcessStartInfo("git", ["fast-import", "--quiet"]) { WorkingDirectory = root, RedirectStandardInput = true })!;
        using (var stream = import.StandardInput.BaseStream)
        {
            var random = new Random(1);
            for (var i = 1; i <= commits; i++)
            {
                var message = Encoding.UTF8.GetBytes(Message(random, i));
                var parents = i == 1 ? "from v1.0.0^0\n" : i % 50 == 0 && i > 100 ? $"from :{i - 1}\nmerge :{i - 60}\n" : $"from :{i - 1}\n";
                stream.Write(Encoding.UTF8.GetBytes($"commit refs/heads/main\nmark :{i}\ncommitter Dora <dora@example.com> {1_700_000_000 + (i * 60)} +0000\ndata {message.Length}\n"));
                stream.Write(message);
                stream.Write(Encoding.UTF8.GetBytes($"\n{parents}\n"));
            }
        }

        import.WaitForExit();
        ChangeDetectionRepository.Git(root, "reset", "-q", "--hard", "main");
    }

    private static string Message(Random random, int i)
    {
        var text = new StringBuilder();
        text.Append(CultureInfo.InvariantCulture, $"{Types[random.Next(Types.Length)]}{(random.Next(3) == 0 ? "(api)" : "")}{(random.Next(200) == 0 ? "!" : "")}: change number {i}{(random.Next(2) == 0 ? $" (#{i})" : "")}\n");
        for (var line = random.Next(-2, 6); line > 0; line--)
        {
            text.Append(CultureInfo.InvariantCulture, $"{(line % 3 == 0 ? "\n" : "")}\nWhy this was done, in about as many words as people use for a line of it.");
        }

        return text.Append(random.Next(4) == 0 ? "\n\nRefs: #12\nSigned-off-by: Dora <dora@example.com>\n" : "\n").ToString();
    }

    private static async Task<TimeSpan> Time<T>(Func<Task<T>> action)
    {
        var watch = Stopwatch.StartNew();
        await action();
        return watch.Elapsed;
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);
}
