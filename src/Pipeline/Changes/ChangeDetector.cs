using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Versions;

namespace Pipeline.Changes;

/// <summary>
/// Decides what is due in an environment by comparing states: the hash of what a service is built from now with the hash that was recorded when it was
/// last deployed there. History plays no part, so shallow clones, squashed, rebased, rolled back and half-failed deployments are all the same comparison.
/// </summary>
public static class ChangeDetector
{
    /// <summary>Compares. Uncommitted changes count, except where <c>CI=true</c>: there they are refused.</summary>
    /// <param name="configuration">of the environment</param>
    /// <param name="running">service → what the environment runs; a service that is absent was never deployed</param>
    /// <exception cref="UsageException">no git, no repository, no commit, or uncommitted changes in CI</exception>
    /// <exception cref="PipelineException">git failed</exception>
    public static Task<ChangeSummary> Detect(PipelineConfiguration configuration, IReadOnlyDictionary<string, RunningService> running, CancellationToken cancel) =>
        Detect(configuration, running, Environment.GetEnvironmentVariable("CI") is "true" or "1", cancel);

    /// <summary>Compares.</summary>
    /// <param name="configuration">of the environment</param>
    /// <param name="running">service → what the environment runs; a service that is absent was never deployed</param>
    /// <param name="refuseUncommitted">only commits may be deployed</param>
    /// <exception cref="UsageException">no git, no repository, no commit, or uncommitted changes where they are refused</exception>
    /// <exception cref="PipelineException">git failed</exception>
    public static async Task<ChangeSummary> Detect(PipelineConfiguration configuration, IReadOnlyDictionary<string, RunningService> running, bool refuseUncommitted, CancellationToken cancel)
    {
        var status = Status.Read(new Git(configuration.Root), cancel);
        using var committed = await WorkTree.Committed(configuration.Root, cancel).ConfigureAwait(false);
        var tags = TravellingVersions.Tags(configuration, cancel);
        // While git looks for uncommitted changes: mostly there are none.
        var expected = Task.Run(() => Hash(configuration, committed, cancel), cancel);
        var (branch, uncommitted) = await status.ConfigureAwait(false);
        Refuse(refuseUncommitted ? uncommitted : []);
        using var changed = uncommitted.Count > 0 ? await committed.With(uncommitted, cancel).ConfigureAwait(false) : null;
        var work = changed ?? committed;
        await Task.WhenAny(expected).ConfigureAwait(false);
        var ownership = changed is null ? await expected.ConfigureAwait(false) : Hash(configuration, changed, cancel);
        var versions = await TravellingVersions.Read(configuration, branch, await tags.ConfigureAwait(false), ownership, cancel).ConfigureAwait(false);
        var source = work.Source with { Branch = branch, Released = versions.Repository, ReleasedServices = versions.Services };
        return await Compare(configuration, running, work with { Source = source }, ownership, cancel).ConfigureAwait(false);
    }

    /// <summary>Only the hashes of what the services are built from now, uncommitted changes included.</summary>
    /// <exception cref="UsageException">no git, no repository, or no commit</exception>
    /// <exception cref="PipelineException">git failed</exception>
    public static async Task<IReadOnlyDictionary<string, string>> Hashes(PipelineConfiguration configuration, CancellationToken cancel) =>
        (await Detect(configuration, new Dictionary<string, RunningService>(), refuseUncommitted: false, cancel).ConfigureAwait(false)).Services.ToDictionary(s => s.Service, s => s.Inputs.Hash);

    /// <summary>Who owns which files of the commit that is checked out.</summary>
    /// <exception cref="UsageException">no git, no repository, or no commit</exception>
    internal static async Task<Ownership> Owners(PipelineConfiguration configuration, CancellationToken cancel)
    {
        using var committed = await WorkTree.Committed(configuration.Root, cancel).ConfigureAwait(false);
        return Hash(configuration, committed, cancel);
    }

    private static Ownership Hash(PipelineConfiguration configuration, WorkTree work, CancellationToken cancel)
    {
        using var blobs = new BlobReader(work.Git);
        return InputHasher.Hash(configuration, work.Listing, new SourceFiles(configuration.Root, work.Listing, blobs), work.Source.Tree, cancel);
    }

    private static void Refuse(IReadOnlyList<string> uncommitted)
    {
        if (uncommitted.Count > 0)
        {
            var more = uncommitted.Count > 5 ? $" + {uncommitted.Count - 5} more" : "";
            throw new UsageException(
                $"The work tree has uncommitted changes, and a CI run deploys commits only: {string.Join(", ", uncommitted.Take(5))}{more}",
                new Detail("next", "commit them, or find the step that writes into tracked folders: git status"));
        }
    }

    private static async Task<ChangeSummary> Compare(PipelineConfiguration configuration, IReadOnlyDictionary<string, RunningService> running, WorkTree work, Ownership ownership, CancellationToken cancel)
    {
        var recorded = running.Values.SelectMany(r => r.Inputs.Parts.Keys).Distinct().Select(n => Part.FilterOf(n, ownership.Ignored)).OfType<PathFilter>().ToList();
        var reasons = new Reasons(ownership, recorded);
        var diffs = new Dictionary<(string, string), TreeDiff>();
        var decisions = new List<ServiceDecision>();
        foreach (var service in ownership.Services)
        {
            var name = service.Service.Name;
            if (!running.TryGetValue(name, out var deployed))
            {
                decisions.Add(new(name, true, [$"first deployment to {configuration.Environment.Name}"], service.Inputs));
            }
            else if (deployed.Inputs.Hash == service.Inputs.Hash)
            {
                decisions.Add(new(name, false, Proof(configuration, deployed, service), service.Inputs));
            }
            else
            {
                var key = (deployed.Tree, deployed.Commit);
                var diff = diffs.TryGetValue(key, out var known) ? known : diffs[key] = await TreeDiff.Between(deployed, work, cancel).ConfigureAwait(false);
                decisions.Add(new(name, true, reasons.For(service, deployed, diff), service.Inputs));
            }
        }

        var unowned = diffs.Values.SelectMany(d => d.Files ?? []).Select(f => f.Path).Distinct().Where(p => ownership.IsUnowned(p, recorded)).ToList();
        return new ChangeSummary(work.Source, decisions, work.Listing.Count, unowned) { Warnings = Orphans(configuration, running), Running = [.. running.Values.Select(r => r.Commit).Distinct()] };
    }

    private static IReadOnlyList<string> Proof(PipelineConfiguration configuration, RunningService deployed, HashedService service)
    {
        var equal = $"inputs {service.Inputs.Hash[..8]} equal what {configuration.Environment.Name} runs ({deployed.Version}, commit {deployed.Commit[..Math.Min(7, deployed.Commit.Length)]})";
        return [equal, .. service.Uncertain.Select(u => $"every file was compared: {u}")];
    }

    /// <summary>Nobody but a person may decide to end a service.</summary>
    private static List<string> Orphans(PipelineConfiguration configuration, IReadOnlyDictionary<string, RunningService> running) =>
        [.. running.Keys.Except(configuration.Services.Select(s => s.Name)).Select(name =>
            $"{name} is no longer in {ConfigurationLoader.FileName} but {configuration.Environment.Name} runs it: delete its stack, or put it back")];
}
