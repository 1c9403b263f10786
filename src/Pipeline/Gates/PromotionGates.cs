using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Deployments;
using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Gates;

/// <summary>The gates <c>promotion</c> and <c>soak</c>: exactly what another environment runs, healthy and for long enough.</summary>
public sealed class PromotionGates(PipelineConfiguration configuration, AwsAccount aws, ReleaseLedger from)
{
    /// <summary>Looks at the environment before.</summary>
    /// <param name="release">what it runs</param>
    /// <param name="stacks">what this environment's stacks are to be given</param>
    public async Task<IReadOnlyList<GateResult>> Look(PromotedRelease release, IReadOnlyList<PlannedStack> stacks, DateTimeOffset now, CancellationToken cancel) =>
        [await Promotion(release, stacks, now, cancel).ConfigureAwait(false), Soak(release, configuration.Environment.Gates.Promotion!.Soak, now)];

    /// <summary>How long the newest part of it has been running there.</summary>
    internal static GateResult Soak(PromotedRelease release, TimeSpan soak, DateTimeOffset now)
    {
        var newest = release.State.Services.MaxBy(s => s.Value.Since);
        var age = now - newest.Value.Since;
        var text = $"{release.From} runs {newest.Key} {newest.Value.Running.Version} for {Reporting.Durations.Text(age < TimeSpan.Zero ? TimeSpan.Zero : age)}";
        return new GateResult("soak", age >= soak ? Verdict.Passed : Verdict.Failed, age >= soak ? text : $"{text}, not yet for {Reporting.Durations.Text(soak)}", now)
        {
            Value = $"{Math.Floor(age.TotalSeconds)} s",
            Threshold = $"{soak.TotalSeconds} s",
            Source = $"record of {release.From}",
            Next = age >= soak ? null : $"wait until {(newest.Value.Since + soak).UtcDateTime:yyyy-MM-dd HH:mm} UTC",
        };
    }

    private async Task<GateResult> Promotion(PromotedRelease release, IReadOnlyList<PlannedStack> stacks, DateTimeOffset now, CancellationToken cancel)
    {
        var digests = release.State.Services.ToDictionary(s => s.Key, s => s.Value.Running.Digest);
        var differing = new List<string>();
        foreach (var stack in stacks.Where(s => s.Service is not null && digests.GetValueOrDefault(s.Service.Settings.Name) != s.Service.Digest))
        {
            differing.Add($"{release.From} runs {stack.Service!.Settings.Name} {Reporting.Words.Digest(digests.GetValueOrDefault(stack.Service.Settings.Name) ?? "nothing")} but this release would deploy {Reporting.Words.Digest(stack.Service.Digest)}");
        }

        foreach (var stack in stacks.Where(s => s.Settings.Artifact is null))
        {
            var proven = release.State.Proven.GetValueOrDefault(stack.Name) is { } hash ? await from.Snapshot(stack.Name, hash, cancel).ConfigureAwait(false) : null;
            if (proven is null)
            {
                differing.Add($"{release.From} has no proven stack {stack.Name}");
            }
            else if (proven.Template != stack.Snapshot.Template)
            {
                differing.Add($"template {stack.Settings.Template} is {Hashing.Of(stack.Snapshot.Template)[..12]} here, {release.From} proved {Hashing.Of(proven.Template)[..12]}");
            }
        }

        var deploy = Reporting.Words.Deploy(release.From);
        if (differing.Count > 0)
        {
            return new GateResult("promotion", Verdict.Failed, string.Join("; ", differing), now)
            {
                Source = $"record of {release.From}",
                Digests = digests,
                Commit = release.Changes.Source.Commit,
                Next = $"{deploy}, or the commit that {release.From} runs: git checkout {release.Changes.Source.Commit[..7]}",
            };
        }

        var health = await new HealthGate(configuration, aws).Look(release.From, release.State, now, cancel).ConfigureAwait(false);
        return health with
        {
            Name = "promotion",
            Text = health.Verdict == Verdict.Passed ? $"{release.From} runs exactly these digests and templates, healthy: {health.Text}" : health.Text,
            Commit = release.Changes.Source.Commit,
            Digests = digests,
            Next = health.Verdict == Verdict.Passed ? null : health.Next,
        };
    }
}
