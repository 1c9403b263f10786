using Pipeline.Aws;
using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Images;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>What another environment runs, as a release of this one: its digests, its versions, its commit. Nothing is built.</summary>
/// <param name="From">that environment</param>
/// <param name="State">what it runs, on record</param>
/// <param name="Changes">what is due here because of it</param>
/// <param name="Images">the images of what is due</param>
public sealed record PromotedRelease(string From, EnvironmentState State, ChangeSummary Changes, IReadOnlyList<BuiltImage> Images)
{
    /// <summary>Service → the release that brought its digest to the other environment; <c>null</c>: it is not on record.</summary>
    public IReadOnlyDictionary<string, ReleaseRecord?> Brought { get; init; } = new Dictionary<string, ReleaseRecord?>();

    /// <summary>Reads what is to be promoted.</summary>
    /// <exception cref="PipelineException">the other environment is in another account, or runs nothing (3)</exception>
    public static async Task<PromotedRelease> Read(PipelineConfiguration configuration, AwsAccount aws, ObjectStore store, CancellationToken cancel)
    {
        var environment = configuration.Environment.Name;
        var from = configuration.Environment.Gates.Promotion!.From;
        if (!configuration.EnvironmentNames.Contains(from))
        {
            throw Refused(environment, $"{environment} takes what {from} has proven, but there is no environment '{from}'.", "production is never the first to run something (gates.promotion)",
                $"describe {from} in pipeline.yml, or name another with environments.{environment}.gates.promotion.from");
        }

        if (!configuration.Neighbours.Contains(from))
        {
            throw Refused(environment, $"{environment} takes what {from} has proven, but {from} is in another account or region, or on another cloud.",
                "images and records are read from one account; promotion between two is not built yet", $"put both in one account, or set environments.{environment}.gates.promotion.from in pipeline.yml");
        }

        var ledger = new ReleaseLedger(store, from);
        var state = await ledger.State(cancel).ConfigureAwait(false);
        var missing = configuration.Services.Where(s => !state.Services.ContainsKey(s.Name)).Select(s => s.Name).ToList();
        if (missing.Count > 0)
        {
            throw Refused(environment, $"{from} does not run {string.Join(", ", missing)} yet, so there is nothing to promote to {environment}.",
                "production deploys exactly what the environment before it has proven (gates.promotion)", Reporting.Words.Deploy(from));
        }

        var running = await RunningServices.Read(configuration, aws, new ReleaseLedger(store, environment), cancel).ConfigureAwait(false);
        var decisions = configuration.Services.Select(s => Decide(s.Name, from, environment, state.Services[s.Name], running.Confirmed.GetValueOrDefault(s.Name))).ToList();
        var brought = new Dictionary<string, ReleaseRecord?>();
        foreach (var service in configuration.Services)
        {
            brought[service.Name] = await ledger.Release(state.Services[service.Name].Release, cancel).ConfigureAwait(false);
        }

        var newest = state.Services.Values.MaxBy(s => s.Since)!;
        var by = brought.Values.FirstOrDefault(r => r?.Id == newest.Release);
        var source = new SourceRevision(newest.Running.Commit, $"{from}'s", by?.Subject ?? "", by?.Dirty == true, newest.Running.Tree);
        return new PromotedRelease(from, state, running.Explain(new ChangeSummary(source, decisions, 0, [])), [.. decisions.Where(d => d.Due).Select(d => Image(d.Service, state.Services[d.Service].Running))]) { Brought = brought };
    }

    /// <summary>Refuses unless it is what one release of the other environment brought: whoever names one means no other.</summary>
    /// <param name="release">its id, as typed</param>
    /// <exception cref="PipelineException">it is not the newest that the other environment runs something of (3)</exception>
    public void Demand(string release, string environment)
    {
        var newest = State.Services.Values.MaxBy(s => s.Since)!.Release;
        if (newest != release)
        {
            throw Refused(environment, $"{From} runs what release {newest} brought, not {release}.",
                "what was named is what is promoted, or nothing is", $"./build.sh --target=History --environment={From}, then the same again with --promote={newest} or without it");
        }
    }

    private static ServiceDecision Decide(string service, string from, string environment, ServiceRecord there, RunningService? here)
    {
        var proven = there.Running;
        var due = here?.Digest != proven.Digest;
        var runs = $"{from} runs {proven.Version} {Reporting.Words.Digest(proven.Digest)} since {there.Since:yyyy-MM-dd HH:mm} UTC";
        return new ServiceDecision(service, due, [due ? $"{runs}; {environment} runs {(here is null ? "none" : $"{here.Version} {Reporting.Words.Digest(here.Digest)}")}" : $"{runs}, and so does {environment}"], proven.Inputs);
    }

    private static BuiltImage Image(string service, RunningService proven)
    {
        var at = proven.Image.IndexOf('@', StringComparison.Ordinal);
        return new BuiltImage(service, at < 0 ? proven.Image : proven.Image[..at], proven.Version, proven.Digest, true, TimeSpan.Zero) { Proven = proven };
    }

    private static PipelineException Refused(string environment, string what, string why, string next) =>
        new(ExitCode.Refused, $"REFUSED: {what}", new Detail("why", why), new Detail(environment, "untouched"), new Detail("next", next));
}
