using Pipeline.Aws;
using Pipeline.Checks;
using Pipeline.Checks.Load;
using Pipeline.Configuration;
using Pipeline.Gates;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>Tries what a release brings before it counts: health, smoke checks, then the suites that test deployments.</summary>
/// <param name="release">id of the release</param>
/// <param name="commit">what it was made of</param>
public sealed class RevisionTrial(PipelineConfiguration configuration, AwsAccount aws, string release, string commit)
{
    private static readonly TimeSpan ListenerPatience = TimeSpan.FromSeconds(15);

    private readonly DeploymentSuites _suites = new(configuration)
    {
        History = new LoadHistory(async cancel => new ReleaseLedger(await aws.Store(configuration.LedgerBucket, configuration.Environment.Name, cancel).ConfigureAwait(false), configuration.Environment.Name), release),
    };

    /// <summary>Tries a new revision through the test listener, while the one before has all production traffic.</summary>
    /// <param name="say">half a line for people</param>
    /// <returns>never throws because of what it finds: what can not be tried has failed</returns>
    public Task<TrialResult> BeforeTraffic(ServiceTarget target, string stackName, ServiceState service, Action<string> say, CancellationToken cancel) => Told(async () =>
    {
        say("looks at the test listener");
        if (await SameSide(service, cancel).ConfigureAwait(false) is { } blind)
        {
            return Failed(blind);
        }

        var outputs = (await aws.Stacks.Describe(stackName, cancel).ConfigureAwait(false))?.Outputs;
        if (outputs?.GetValueOrDefault(target.Settings.TestUrlOutput) is not { } url)
        {
            return Failed($"stack {stackName} has no output '{target.Settings.TestUrlOutput}': where the new revision answers is not known");
        }

        say("health and smoke checks through the test listener");
        // Load balancers take a moment until a rule that was changed holds everywhere.
        var patience = configuration.Environment.VerifyDeadline < ListenerPatience ? configuration.Environment.VerifyDeadline : ListenerPatience;
        var (passed, failure) = await Polling.Within(async () =>
        {
            var seen = await ServiceAnswers.Check(url, target.Settings, cancel).ConfigureAwait(false);
            return (seen.Failure is null, seen);
        }, aws.PollInterval, patience, cancel).ConfigureAwait(false);
        return failure is null
            ? await Suites(target, target.Settings.Name, $"health and {passed} smoke checks passed on the test listener; ", say, cancel).ConfigureAwait(false)
            : Failed($"through the test listener {failure}");
    });

    /// <summary>Tries what runs, where nobody could before it had traffic: the first deployment, a rolling one.</summary>
    /// <param name="say">half a line for people</param>
    public Task<TrialResult> Afterwards(ServiceTarget target, Action<string> say, CancellationToken cancel) => Told(() => Suites(target, null, "", say, cancel));

    private async Task<string?> SameSide(ServiceState service, CancellationToken cancel)
    {
        if (service.Shifting is not { TestRule: { } rule } sides)
        {
            return "the service has no test listener: the new revision can not be tried before it has traffic";
        }

        var production = await aws.TargetGroups.WeightsOf(sides.ProductionRule, cancel).ConfigureAwait(false);
        var test = await aws.TargetGroups.WeightsOf(rule, cancel).ConfigureAwait(false);
        return test.Where(t => t.Value > 0).Select(t => t.Key).ToList() is [var tried] && production.GetValueOrDefault(tried) == 0
            ? null
            : "the test listener answers with the revision that has production traffic: what it would say is not about the new one";
    }

    private async Task<TrialResult> Suites(ServiceTarget target, string? underTest, string before, Action<string> say, CancellationToken cancel)
    {
        var variables = await DeploymentVariables.Read(configuration, aws, release, underTest, cancel).ConfigureAwait(false);
        var gates = new List<GateResult>();
        foreach (var kind in DeploymentSuites.Kinds)
        {
            var suites = _suites.Of(kind, target.Settings.Name);
            say($"{before}{string.Join(", ", suites.Select(s => s.Name))}");
            var parts = suites.Count == 0 ? [] : await _suites.Run(suites, target.Settings.Name, variables, null, cancel).ConfigureAwait(false);
            var gate = _suites.Judge(kind, parts, $"{target.Settings.Name} {target.Version}", DateTimeOffset.UtcNow) with
            {
                Commit = commit,
                Digests = new Dictionary<string, string> { [target.Settings.Name] = target.Digest },
            };
            gates.Add(gate);
            if (!gate.IsOpen)
            {
                return new TrialResult($"{gate.Name}{(underTest is null ? "" : " through the test listener")}: {gate.Text}", gates);
            }

            before += gate.Verdict == Verdict.Passed ? $"{gate.Name} {gate.Value}; " : "";
        }

        return new TrialResult(null, gates);
    }

    private static TrialResult Failed(string why) => new(why, []);

    private static async Task<TrialResult> Told(Func<Task<TrialResult>> trial)
    {
        try
        {
            return await trial().ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            return Failed($"it could not be tried: {e.Message}");
        }
    }
}
