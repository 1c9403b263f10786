using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>Asks every gate of an environment, the cheap ones first; none of them changes anything.</summary>
public sealed class GateKeeper(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, TimeProvider time)
{
    /// <summary>What is promoted; <c>null</c>: the release was made here.</summary>
    public PromotedRelease? Promoted { get; init; }

    /// <summary>What this run's own checks said.</summary>
    public IReadOnlyList<GateResult> Checked { get; init; } = [];

    /// <summary>What a person leaves out; <c>null</c>: nothing.</summary>
    public Relaxation? Emergency { get; init; }

    /// <summary>Further gates, asked last: they look at more than the others.</summary>
    public IReadOnlyList<Func<DeploymentOrder, CancellationToken, Task<GateResult>>> Further { get; init; } = [];

    /// <summary>What the gates say to a release, people and timers left out.</summary>
    public async Task<IReadOnlyList<GateResult>> Look(DeploymentOrder planned, CancellationToken cancel)
    {
        var now = time.GetUtcNow();
        var environment = configuration.Environment;
        var said = new List<GateResult>(Promoted is null ? Checked : EvidenceGates.Of(Promoted.Brought, Promoted.From, environment, now));
        if (Promoted is not null || environment.Gates.Freezes.Count > 0)
        {
            said.Add(FreezeGate.Look(environment.Gates.Freezes, now));
        }

        if (Promoted is not null)
        {
            said.AddRange(await new PromotionGates(configuration, aws, new ReleaseLedger(store, Promoted.From)).Look(Promoted, planned.Stacks, now, cancel).ConfigureAwait(false));
        }

        if (environment.Gates.Health)
        {
            said.Add(await new HealthGate(configuration, aws).Look(environment.Name, planned.State, now, cancel).ConfigureAwait(false));
        }

        foreach (var gate in Further)
        {
            said.Add(await gate(planned, cancel).ConfigureAwait(false));
        }

        return Emergency?.Apply(said) ?? said;
    }

    /// <summary>Refuses where a gate is closed.</summary>
    /// <param name="serving">what the environment serves, half a sentence</param>
    /// <exception cref="PipelineException">all closed gates, each with its evidence (3)</exception>
    public static void Demand(IReadOnlyList<GateResult> gates, string environment, string serving)
    {
        var closed = gates.Where(g => !g.IsOpen).ToList();
        if (closed.Count > 0)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: {closed[0].Text}",
            [
                .. closed.Select(g => new Detail("gate", $"{g.Name} {(g.Verdict == Verdict.NotEvaluable ? "can not be evaluated" : "is closed")}{(g.Threshold is null ? "" : $": {g.Value ?? "unknown"}, must be {g.Threshold}")} (gates.{g.Name}){(g == closed[0] ? "" : $": {g.Text}")}")),
                new Detail(environment, $"{serving}; untouched by this run"),
                new Detail("next", string.Join(", then ", closed.Select(g => g.Next).OfType<string>().Distinct().DefaultIfEmpty("mend what is named above, then the same command again"))),
            ]);
        }
    }
}
