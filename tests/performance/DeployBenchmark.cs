using System.Diagnostics;
using System.Globalization;
using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Reporting;

namespace Pipeline.Performance;

/// <summary>
/// One and the same change of the sample's api (another task size: change set, new task definition, rolling deployment), brought to the
/// same embedded cloud by the pipeline's route and by the AWS CLI, each in processes of its own. The route also locks, journals and proves.
/// </summary>
internal static class DeployBenchmark
{
    private const int Rounds = 3;

    // Neighbours differ, so that everybody always has something to change.
    private static readonly (string Cpu, string Memory)[] Sizes = [("512", "1024"), ("1024", "2048"), ("2048", "4096"), ("256", "512")];

    public static async Task<int> Run(string root)
    {
        var configuration = ConfigurationLoader.Load(root, "staging");
        var cloud = await new EmbeddedCloud(root, configuration.LocalCloudPort).FindOrStart(CancellationToken.None);
        List<TimeSpan> ours = [], theirs = [];
        for (var i = 0; i < Rounds * 2; i++)
        {
            var (cpu, memory) = Sizes[i % Sizes.Length];
            if (i % 2 == 0)
            {
                ours.Add(Time(Environment.ProcessPath!, "", ["deploy-once", root, cpu, memory]));
            }
            else
            {
                var watch = Stopwatch.StartNew();
                Time("aws", cloud.Endpoint, ["cloudformation", "deploy", "--stack-name", configuration.StackName("api"), "--template-file", Path.Combine(root, "samples/storefront/infra/api.yaml"),
                    "--capabilities", "CAPABILITY_NAMED_IAM", "--parameter-overrides", $"Cpu={cpu}", $"Memory={memory}"]);
                Time("aws", cloud.Endpoint, ["ecs", "wait", "services-stable", "--cluster", "storefront-staging", "--services", "api"]);
                theirs.Add(watch.Elapsed);
            }
        }

        Time(Environment.ProcessPath!, "", ["deploy-once", root, "256", "512"]);
        Say("pipeline: lock, journal, change set, rollout, proof", ours);
        Say("aws cloudformation deploy + aws ecs wait services-stable", theirs);
        var ratio = Median(ours) / Median(theirs);
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{ratio:0.00} of the CLI's time, bound 0.50"));
        return ratio <= 0.5 ? 0 : 1;
    }

    /// <summary>The route alone: nothing is due but the api's stack.</summary>
    public static async Task<int> Once(string root, string cpu, string memory)
    {
        var loaded = ConfigurationLoader.Load(root, "staging");
        var size = new Dictionary<string, string> { ["Cpu"] = cpu, ["Memory"] = memory };
        var configuration = loaded with { Stacks = [.. loaded.Stacks.Select(s => s.Name == "api" ? s with { Parameters = size } : s)] };
        using var connection = AwsConnection.ToEmbeddedCloud(loaded.LocalCloudPort, loaded.Environment.Region, loaded.Environment.Account);
        var aws = new AwsAccount(connection);
        var store = await aws.Store(loaded.LedgerBucket, "staging", CancellationToken.None);
        var state = await new Ledger.ReleaseLedger(store, "staging").State(CancellationToken.None);
        var running = state.Services.Values.First().Running;
        var changes = new ChangeSummary(new SourceRevision(running.Commit, "main", "benchmark", false, running.Tree),
            [.. state.Services.Select(s => new ServiceDecision(s.Key, false, [], s.Value.Running.Inputs))], 0, []);
        return await new DeployRoute(configuration, aws, store, Output.Standard()).Run(changes, [], CancellationToken.None) is null ? 1 : 0;
    }

    private static TimeSpan Time(string program, string endpoint, string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardOutput = true };
        if (endpoint.Length > 0)
        {
            foreach (var (name, value) in ((string, string)[])[("AWS_ENDPOINT_URL", endpoint), ("AWS_ACCESS_KEY_ID", "test"), ("AWS_SECRET_ACCESS_KEY", "test"), ("AWS_DEFAULT_REGION", "eu-central-1")])
            {
                start.Environment[name] = value;
            }
        }

        var watch = Stopwatch.StartNew();
        using var process = Process.Start(start)!;
        process.StandardOutput.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0 ? watch.Elapsed : throw new InvalidOperationException($"{program} {string.Join(' ', arguments)} ended with exit code {process.ExitCode}.");
    }

    private static TimeSpan Median(List<TimeSpan> times) => times.Order().ElementAt(times.Count / 2);

    private static void Say(string what, List<TimeSpan> times) =>
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{what,-60} median {Median(times).TotalSeconds:0.0} s ({string.Join(", ", times.Select(t => t.TotalSeconds.ToString("0.0", CultureInfo.InvariantCulture)))})"));
}
