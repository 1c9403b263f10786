using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Preflight;

/// <summary>Looks, and only looks, whether a deployment could work: all of it on demand, the part about the release before every deployment.</summary>
/// <param name="rules">what the environment, or a person, allows with stacks</param>
public sealed class Doctor(PipelineConfiguration configuration, AwsAccount aws, StackRules rules)
{
    private static readonly TimeSpan Usual = TimeSpan.FromSeconds(15);

    /// <summary>How long each look may take before it is skipped.</summary>
    public TimeSpan Patience { get; init; } = Usual;

    /// <summary>For the proof, before a deployment, that a failed release could go back; <c>null</c>: it is not asked for.</summary>
    public ReleaseLedger? Ledger { get; init; }

    /// <summary>A person goes on without that proof.</summary>
    public bool WithoutWayBack { get; init; }

    /// <summary>What is about to be deployed brings back what ran before.</summary>
    public bool GoesBack { get; init; }

    /// <summary>Everything: machine, configuration, and the environment with what it runs.</summary>
    /// <param name="aws">the environment's account; <c>null</c>: the embedded cloud does not run</param>
    /// <param name="cloud">the embedded cloud of this machine</param>
    public static async Task<IReadOnlyList<FindingGroup>> Examine(PipelineConfiguration configuration, AwsAccount? aws, EmbeddedCloud cloud, CancellationToken cancel)
    {
        var machine = await Inspection.All([.. MachineChecks.Of(configuration, cloud)], Usual, cancel).ConfigureAwait(false);
        FindingGroup[] written = [new("configuration", AccountChecks.Configuration(configuration))];
        if (aws is null)
        {
            return [.. machine, .. written, .. await Receivers(configuration, null, cancel).ConfigureAwait(false), new("environment", [Finding.Skip(configuration.Environment.Name, "the embedded cloud does not run: ./build.sh --target=StartCloud")])];
        }

        var doctor = new Doctor(configuration, aws, StackRules.Of(configuration.Environment, aws.PollInterval));
        var account = await Inspection.All([.. AccountChecks.Of(configuration, aws)], Usual, cancel).ConfigureAwait(false);
        // With credentials of another account every further answer would be about something else.
        return account.SelectMany(g => g.Findings).Any(f => f.Subject == "credentials" && f.Standing != Standing.Ok)
            ? [.. machine, .. written, account[0]]
            : [.. machine, .. written, .. account, .. await Receivers(configuration, aws, cancel).ConfigureAwait(false), .. await doctor.Environment(cancel).ConfigureAwait(false)];
    }

    private static Task<IReadOnlyList<FindingGroup>> Receivers(PipelineConfiguration configuration, AwsAccount? aws, CancellationToken cancel) =>
        Inspection.All([.. ReceiverChecks.Of(configuration, aws)], Usual, cancel);

    /// <summary>What is about to be deployed, and what it meets. Nothing is changed.</summary>
    /// <param name="stacks">all of the environment's; those that are due are looked into</param>
    /// <exception cref="PipelineException">something is not good (3); all of it is in the details</exception>
    public async Task<IReadOnlyList<FindingGroup>> Demand(IReadOnlyList<PlannedStack> stacks, CancellationToken cancel)
    {
        var groups = await Look(stacks, cancel).ConfigureAwait(false);
        var bad = groups.SelectMany(g => g.Findings.Where(f => f.Standing == Standing.Ng).Select(f => (g.Name, Finding: f))).ToList();
        return bad.Count == 0 ? groups : throw new PipelineException(
            ExitCode.Refused,
            $"REFUSED: {configuration.Environment.Name} is not ready for this release: {bad.Count} {(bad.Count == 1 ? "check says" : "checks say")} NG.",
            [
                .. bad.Select(b => new Detail("NG", $"{b.Name}  {b.Finding.Subject}: {b.Finding.Text}\nfix: {b.Finding.Fix}")),
                new Detail(configuration.Environment.Name, "untouched"),
                new Detail("next", $"the same command again once they are mended; ./build.sh --target=Doctor --environment={configuration.Environment.Name} shows every check"),
            ]);
    }

    /// <summary>The same, and nothing is refused.</summary>
    public async Task<IReadOnlyList<FindingGroup>> Look(IReadOnlyList<PlannedStack> stacks, CancellationToken cancel) =>
    [
        .. await Release(stacks, deploying: true, cancel).ConfigureAwait(false),
        .. Ledger is null ? [] : await Inspection.All([.. new WayBackChecks(aws, Ledger, WithoutWayBack).Of(stacks)], Patience, cancel).ConfigureAwait(false),
    ];

    private async Task<IReadOnlyList<FindingGroup>> Environment(CancellationToken cancel)
    {
        try
        {
            var store = aws.Bucket(configuration.LedgerBucket);
            var state = await store.Exists(cancel).ConfigureAwait(false) ? await new ReleaseLedger(store, configuration.Environment.Name).State(cancel).ConfigureAwait(false) : EnvironmentState.Empty;
            // What runs, as if it were deployed again; a service that never was has no image to look at.
            var targets = configuration.Services.Select(s => state.Services.GetValueOrDefault(s.Name)?.Running is { } running
                ? new ServiceTarget(s, running.Image, running.Digest, running.Version)
                : new ServiceTarget(s, "", "", ""));
            return await Release(StackPlanner.Plan(configuration, state, [.. targets]), deploying: false, cancel).ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            return [new FindingGroup("environment", [e.ExitCode == ExitCode.Usage
                ? Finding.Ng(configuration.Environment.Name, e.Message, e.Details.FirstOrDefault(d => d.Label == "next")?.Text ?? "correct pipeline.yml")
                : Finding.Skip(configuration.Environment.Name, e.Message)])];
        }
    }

    private async Task<IReadOnlyList<FindingGroup>> Release(IReadOnlyList<PlannedStack> stacks, bool deploying, CancellationToken cancel)
    {
        PlannedRelease release;
        try
        {
            release = await PlannedRelease.Read(configuration, aws, stacks, s => !deploying || s.Due, cancel).ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            return [new FindingGroup("stacks", [Finding.Skip(configuration.Environment.Name, $"the stacks could not be read, so nothing of them was checked: {e.Message}")])];
        }

        var scope = new PreflightScope(configuration, aws, release, deploying, stacks.Where(s => s.Due).Select(s => s.Name).ToHashSet()) { Rules = rules, GoesBack = GoesBack };
        return await Inspection.All(
            [.. StackChecks.Of(scope), .. ImageChecks.Of(scope), .. RoleChecks.Of(scope), .. SecretChecks.Of(scope), .. LogChecks.Of(scope), .. ServiceChecks.Of(scope)], Patience, cancel).ConfigureAwait(false);
    }
}
