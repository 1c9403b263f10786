using System.Diagnostics;
using System.Globalization;

namespace Pipeline.Performance;

/// <summary>Whole commands of a repository whose staging is deployed and unchanged, from typing to the prompt.</summary>
internal static class WarmBenchmark
{
    private const int Rounds = 11;

    public static int Run(string root)
    {
        var failed = 0;
        foreach (var (bound, arguments) in ((double, string[])[])[(0.35, ["--tree"]), (0.6, ["--target=Status"]), (3, ["--target=DeployStaging"])])
        {
            var times = Enumerable.Range(0, Rounds + 1).Select(_ => Time(root, arguments, ref failed)).Skip(1).Order().ToList();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"./build.sh {string.Join(' ', arguments),-24} median {times[Rounds / 2].TotalSeconds:0.00} s, slowest {times[^1].TotalSeconds:0.00} s, bound {bound:0.00} s"));
        }

        return failed == 0 ? 0 : 1;
    }

    private static TimeSpan Time(string root, string[] arguments, ref int failed)
    {
        var watch = Stopwatch.StartNew();
        using var process = Process.Start(new ProcessStartInfo(Path.Combine(root, "build.sh"), arguments) { WorkingDirectory = root, RedirectStandardOutput = true })!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        failed += process.ExitCode == 0 ? 0 : 1;
        return watch.Elapsed;
    }
}
