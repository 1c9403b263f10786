using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;
using Pipeline.StackOperations;

namespace Pipeline.Deployments;

/// <summary>The last part of the routes to dev and staging, from images to a proven environment.</summary>
public sealed class DeployRoute(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, Output output)
{
    private readonly string _environment = configuration.Environment.Name;
    private readonly ReleaseLedger _ledger = new(store, configuration.Environment.Name);

    /// <summary>Told of steps for <c>run.json</c>.</summary>
    public Action<Step> Record { get; init; } = _ => { };

    /// <summary>Resources that a person allowed to be replaced or removed.</summary>
    public Allowance AllowReplace { get; init; } = Allowance.Nothing;

    /// <summary>Keys of stacks that a person allowed to be deleted and created again after their creation failed.</summary>
    public IReadOnlyList<string> Recreate { get; init; } = [];

    /// <summary>A person deploys though a failed release could not go back.</summary>
    public bool WithoutWayBack { get; init; }

    /// <summary>Runs under the lock, when everything is worked out and before the first change: backups.</summary>
    public Func<DeploymentOrder, CancellationToken, Task> Before { get; init; } = (_, _) => Task.CompletedTask;

    /// <summary>Judges new revisions while they have production traffic, see <see cref="ReleaseRun.Judge"/>.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    private ReleaseOrder Orders => new(configuration, Rules);

    private StackRules Rules => StackRules.Of(configuration.Environment, aws.PollInterval) with { Allowed = AllowReplace, Recreate = Recreate };

    /// <summary>Deploys what the release has.</summary>
    /// <param name="changes">what is due</param>
    /// <param name="images">of the due services</param>
    /// <returns>what was proven; <c>null</c>: nothing was due, and what runs is healthy</returns>
    /// <exception cref="PipelineException">somebody holds the environment or changed it meanwhile, or a stack may not be touched (3); the lock was lost (6)</exception>
    public async Task<DeploymentResult?> Run(ChangeSummary changes, IReadOnlyList<BuiltImage> images, CancellationToken cancel)
    {
        var decided = await _ledger.State(cancel).ConfigureAwait(false);
        var stacks = await ReleaseRun.Statuses(configuration, aws, Rules, cancel).ConfigureAwait(false);
        await Choices.RefuseUnknown(this, configuration, aws, cancel).ConfigureAwait(false);
        var planned = Orders.Of(changes, images, decided, stacks);
        if (!changes.Due.Any() && !planned.Stacks.Any(s => s.Due) && await _ledger.Unfinished(cancel).ConfigureAwait(false) is null)
        {
            await ProveUnchanged(planned, cancel).ConfigureAwait(false);
            return null;
        }

        return await new ReleaseRun(configuration, aws, store, output) { Rules = Rules, Record = Record, WithoutWayBack = WithoutWayBack, Before = Before, Judge = Judge }
            .Run($"deploying {changes.Source.Abbreviated}", decided, planned.Stacks, (state, now) => Orders.Of(changes, images, state, now), cancel).ConfigureAwait(false);
    }

    private async Task ProveUnchanged(DeploymentOrder order, CancellationToken cancel)
    {
        var verifier = new ServiceVerifier(aws, configuration.Environment.VerifyDeadline);
        var proofs = await Task.WhenAll(order.Stacks.Where(s => s.Service is not null).Select(s => verifier.Prove(s.Service!, s.StackName, cancel))).ConfigureAwait(false);
        var sick = proofs.Where(p => p.Failure is not null).ToList();
        if (sick.Count > 0)
        {
            throw new PipelineException(ExitCode.Failed, $"Nothing is due in {_environment}, but not everything there is healthy.",
                [.. sick.Select(p => new Detail("why", $"{p.Service} {p.Version}: {p.Failure}")), new Detail(_environment, "untouched"), new Detail("next", $"./build.sh --target=Status --environment={_environment}")]);
        }
    }
}
