using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gate <c>health</c>: what runs is proven again, and no alarm of its stacks is red, before anything is changed. What is sick already would be blamed on the release.</summary>
public sealed class HealthGate(PipelineConfiguration configuration, AwsAccount aws)
{
    private const int AlarmsAtOnce = 100;
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(15);

    /// <summary>Looks at an environment.</summary>
    /// <param name="environment">its name: the selected one, or one in the same account</param>
    /// <param name="state">what its record says</param>
    public async Task<GateResult> Look(string environment, EnvironmentState state, DateTimeOffset now, CancellationToken cancel)
    {
        if (state.Services.Count == 0)
        {
            return new GateResult("health", Verdict.Passed, "nothing runs there yet", now) { Source = $"record of {environment}" };
        }

        try
        {
            var proofs = await Proofs(environment, state, cancel).ConfigureAwait(false);
            var red = await RedAlarms(environment, cancel).ConfigureAwait(false);
            var sick = proofs.Where(p => p.Failure is not null).Select(p => $"{p.Service}: {p.Failure}").Concat(red.Select(a => $"alarm {a} is in ALARM")).ToList();
            return sick.Count > 0
                ? new GateResult("health", Verdict.Failed, $"{environment} is not healthy: {string.Join("; ", sick)}", now) { Source = environment, Next = $"./build.sh --target=Status --environment={environment}" }
                : new GateResult("health", Verdict.Passed, $"{string.Join(", ", proofs.Select(p => $"{p.Service} {p.Version} {p.Tasks}/{p.Desired}"))}, no alarm is red", now)
                {
                    Source = environment,
                    Digests = proofs.ToDictionary(p => p.Service, p => p.Digest),
                };
        }
        catch (PipelineException e) when (e is AwsUnreachableException or AwsRefusedException)
        {
            return new GateResult("health", Verdict.NotEvaluable, $"{environment} could not be looked at: {e.Message}", now) { Source = environment, Next = e.Details.FirstOrDefault(d => d.Label == "next")?.Text };
        }
    }

    private async Task<IReadOnlyList<ServiceProof>> Proofs(string environment, EnvironmentState state, CancellationToken cancel)
    {
        var verifier = new ServiceVerifier(aws, Patience);
        return await Task.WhenAll(configuration.Services.Where(s => state.Services.ContainsKey(s.Name)).Select(s =>
        {
            var running = state.Services[s.Name].Running;
            return verifier.Prove(new ServiceTarget(s, running.Image, running.Digest, running.Version), configuration.StackName(s.Stack, environment), cancel);
        })).ConfigureAwait(false);
    }

    private async Task<IReadOnlyList<string>> RedAlarms(string environment, CancellationToken cancel)
    {
        var states = await Task.WhenAll(configuration.Stacks.Select(async stack =>
            await aws.Stacks.Describe(configuration.StackName(stack.Name, environment), cancel).ConfigureAwait(false) is { } found ? await aws.Stacks.ResourceStates(found.Id, cancel).ConfigureAwait(false) : [])).ConfigureAwait(false);
        var names = states.SelectMany(s => s).Where(r => r.Type is "AWS::CloudWatch::Alarm" or "AWS::CloudWatch::CompositeAlarm").Select(r => r.PhysicalId).OfType<string>().Chunk(AlarmsAtOnce);
        var read = await Task.WhenAll(names.Select(some => aws.Alarms.States(some, cancel))).ConfigureAwait(false);
        return [.. read.SelectMany(r => r).Where(a => a.Value == "ALARM").Select(a => a.Key).Order(StringComparer.Ordinal)];
    }
}
