using System.Globalization;
using System.Text.Json.Nodes;
using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Reporting;

namespace Pipeline.Performance;

/// <summary>
/// Requests at a constant rate through a blue-green shift of the sample's web, and through a rollback while it bakes: how many fail, and
/// how long after the trigger the new revision answers the last one. The trigger is a judge's reason, as the watch gives one.
/// </summary>
internal static class ShiftBenchmark
{
    private static readonly TimeSpan BeforeTrigger = TimeSpan.FromSeconds(5);

    /// <param name="root">a repository whose staging is deployed to the embedded cloud, blue-green</param>
    /// <param name="arguments">how many requests, and how many a second</param>
    public static async Task<int> Run(string root, string[] arguments)
    {
        var requests = arguments.Length > 0 ? int.Parse(arguments[0], CultureInfo.InvariantCulture) : 100_000;
        var perSecond = arguments.Length > 1 ? int.Parse(arguments[1], CultureInfo.InvariantCulture) : 1000;
        var configuration = ConfigurationLoader.Load(root, "staging");
        var cloud = await new EmbeddedCloud(root, configuration.LocalCloudPort).FindOrStart(CancellationToken.None);
        using var connection = AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint).Port, configuration.Environment.Region, configuration.Environment.Account);
        var aws = new AwsAccount(connection);
        var url = new Uri((await aws.Stacks.Describe(configuration.StackName("web"), CancellationToken.None))!.Outputs["Url"] + "/version");
        var stamp = DateTime.UtcNow.ToString("HHmmss", CultureInfo.InvariantCulture);

        var shift = await Round(configuration, aws, url, $"shift-{stamp}", requests, perSecond, (_, _) => Task.FromResult<string?>(null));
        TimeSpan? trigger = null;
        DateTimeOffset? baking = null;
        ConstantLoad? load = null;
        var back = await Round(configuration, aws, url, $"bad-{stamp}", requests, perSecond, (rollout, _) =>
        {
            baking ??= rollout.Deployment.LifecycleStage == "BAKE_TIME" ? DateTimeOffset.UtcNow : null;
            if (DateTimeOffset.UtcNow - baking > BeforeTrigger)
            {
                trigger ??= load!.Elapsed;
            }

            return Task.FromResult(trigger is null ? null : "the benchmark's trigger");
        }, started => load = started);

        Console.WriteLine();
        Console.WriteLine("| what | requests | failed | by the new revision | last answer of the new revision after the trigger |");
        Console.WriteLine("|---|---|---|---|---|");
        Say("blue-green shift", shift, $"shift-{stamp}", null);
        Say("rollback while it bakes", back, $"bad-{stamp}", trigger);
        var late = trigger is { } at && back.Answers.Where(a => a.Version == $"bad-{stamp}").Select(a => a.At).DefaultIfEmpty().Max() - at is var after && after > TimeSpan.FromSeconds(1);
        return shift.Failed + back.Failed > 0 || trigger is null || late ? 1 : 0;
    }

    private static async Task<(IReadOnlyList<Answer> Answers, int Failed)> Round(
        PipelineConfiguration configuration, AwsAccount aws, Uri url, string version, int requests, int perSecond, Func<RolloutUnderWatch, CancellationToken, Task<string?>> judge, Action<ConstantLoad>? started = null)
    {
        var load = new ConstantLoad(url, requests, perSecond, text => (string?)JsonNode.Parse(text)?["version"]);
        started?.Invoke(load);
        var running = Task.Run(load.Run);
        try
        {
            await Deploy(configuration, aws, version, judge);
        }
        catch (DeploymentFailedException e)
        {
            Console.WriteLine(e.Message);
        }

        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{version}: the release ended {load.Elapsed.TotalSeconds:0.0} s after the load began"));
        var answers = await running;
        var failed = answers.Count(a => a.Version is null);
        Console.WriteLine(failed == 0 ? $"{version}: every request was answered" : $"{version}: first failure: {load.FirstFailure}");
        return (answers, failed);
    }

    /// <summary>The route alone, without suites: nothing is due but the web's stack, because its version has another name.</summary>
    private static async Task Deploy(PipelineConfiguration loaded, AwsAccount aws, string version, Func<RolloutUnderWatch, CancellationToken, Task<string?>> judge)
    {
        var parameters = new Dictionary<string, string> { ["Version"] = version, ["BakeMinutes"] = "1" };
        var configuration = loaded with { Checks = new CheckSettings([]), Stacks = [.. loaded.Stacks.Select(s => s.Name == "web" ? s with { Parameters = parameters } : s)] };
        var store = await aws.Store(loaded.LedgerBucket, "staging", CancellationToken.None);
        var state = await new ReleaseLedger(store, "staging").State(CancellationToken.None);
        var running = state.Services["web"].Running;
        var changes = new ChangeSummary(new SourceRevision(running.Commit, "main", "benchmark", false, running.Tree),
            [.. state.Services.Select(s => new ServiceDecision(s.Key, false, [], s.Value.Running.Inputs))], 0, []);
        await new DeployRoute(configuration, aws, store, Output.Standard()) { Judge = judge }.Run(changes, [], CancellationToken.None);
    }

    private static void Say(string what, (IReadOnlyList<Answer> Answers, int Failed) round, string version, TimeSpan? trigger)
    {
        var ours = round.Answers.Where(a => a.Version == version).ToList();
        var after = trigger is { } at && ours.Count > 0 ? string.Create(CultureInfo.InvariantCulture, $"{(ours.Max(a => a.At) - at).TotalMilliseconds:0} ms") : "–";
        Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"| {what} | {round.Answers.Count:N0} | {round.Failed:N0} | {ours.Count:N0} | {after} |"));
    }
}
