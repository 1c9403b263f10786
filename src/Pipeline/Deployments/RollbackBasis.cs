using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Preflight;

namespace Pipeline.Deployments;

/// <summary>Everything that is needed to go back to a release, found and complete.</summary>
/// <param name="Target">the release</param>
/// <param name="Then">stack → what it is to be given; of stacks that came later, what they have</param>
/// <param name="Now">stack → what is applied, as far as it is on record</param>
internal sealed record RollbackBasis(ReleaseRecord Target, IReadOnlyDictionary<string, StackSnapshot> Then, IReadOnlyDictionary<string, StackSnapshot> Now)
{
    /// <summary>Finds it.</summary>
    /// <exception cref="PipelineException">something of it is lost, or pipeline.yml does not know it any more (3); all of it is in the details</exception>
    public static async Task<RollbackBasis> Find(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger ledger, ReleaseRecord target, CancellationToken cancel)
    {
        var state = await ledger.State(cancel).ConfigureAwait(false);
        RefuseUnknown(configuration, state, target);
        var reached = target.Reached!.Stacks;
        var known = configuration.Stacks.Select(s => s.Name).ToList();
        var then = await Task.WhenAll(known.Where(reached.ContainsKey).Select(async name => (name, Kept: await KeptSnapshot.Look(aws, ledger, name, reached[name], cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        if (then.Where(t => t.Kept.Missing is not null).ToList() is { Count: > 0 } lost)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: release {target.Id} can not be brought back: something of it is lost.",
                [.. lost.Select(l => new Detail("why", $"stack {l.name}: {l.Kept.Missing}")),
                new Detail(configuration.Environment.Name, "untouched"),
                new Detail("next", $"choose another release: ./build.sh --target=History --environment={configuration.Environment.Name} lists them; or deploy its commit again: git checkout {target.Commit}")]);
        }

        var now = await Task.WhenAll(known.Where(state.Stacks.ContainsKey).Select(async name => (name, Snapshot: await ledger.Snapshot(name, state.Stacks[name], cancel).ConfigureAwait(false)))).ConfigureAwait(false);
        var applied = now.Where(n => n.Snapshot is not null).ToDictionary(n => n.name, n => n.Snapshot!);
        var all = then.ToDictionary(t => t.name, t => t.Kept.Snapshot!);
        return new RollbackBasis(target, new Dictionary<string, StackSnapshot>(all.Concat(applied.Where(a => !all.ContainsKey(a.Key)))), applied);
    }

    /// <summary>How a service or stack is to be treated that pipeline.yml knows no more, only the release's own commit says.</summary>
    private static void RefuseUnknown(PipelineConfiguration configuration, EnvironmentState state, ReleaseRecord target)
    {
        var stacks = target.Reached!.Stacks.Where(s => configuration.Stacks.All(c => c.Name != s.Key) && state.Stacks.GetValueOrDefault(s.Key) != s.Value).Select(s => $"stack '{s.Key}'");
        var services = target.Reached.Services
            .Where(s => (configuration.Services.FirstOrDefault(c => c.Name == s.Key) is not { } known || !target.Reached.Stacks.ContainsKey(known.Stack)) && state.Services.GetValueOrDefault(s.Key)?.Running.Digest != s.Value.Running.Digest)
            .Select(s => $"service '{s.Key}'");
        if (stacks.Concat(services).ToList() is { Count: > 0 } unknown)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: release {target.Id} had {string.Join(", ", unknown)}, which pipeline.yml does not know as then.",
                new Detail(configuration.Environment.Name, "untouched"),
                new Detail("next", $"git checkout {target.Commit}, then the same command again: there pipeline.yml is that release's own"));
        }
    }
}
