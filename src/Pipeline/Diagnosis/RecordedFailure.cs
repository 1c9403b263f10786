using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Reporting;

namespace Pipeline.Diagnosis;

/// <summary>Why a release failed, as it was written down when that happened.</summary>
/// <param name="Release">its record</param>
public sealed record RecordedFailure(ReleaseRecord Release)
{
    private const int Searched = 50;

    /// <summary>Finds a release by its id, or the newest one of the environment that did not succeed.</summary>
    /// <exception cref="PipelineException">there is none (exit code 2)</exception>
    public static async Task<RecordedFailure> Find(ObjectStore store, PipelineConfiguration configuration, string? id, CancellationToken cancel)
    {
        var environment = id is null ? configuration.Environment.Name : id.Split('-')[0];
        var releases = await new ReleaseLedger(store, environment).Releases(Searched, cancel).ConfigureAwait(false);
        var found = releases.FirstOrDefault(r => id is null ? r.Outcome != ReleaseOutcome.Succeeded : r.Id == id);
        return found is not null
            ? new RecordedFailure(found)
            : throw new UsageException(id is null ? $"None of the last {Searched} releases of {environment} failed." : $"There is no release '{id}' among the last {Searched} of {environment}.",
                new Detail("next", $"./build.sh --target=History --environment={environment} lists them"));
    }

    /// <summary>Prints it.</summary>
    public void Print(Output output)
    {
        output.Say($"Release {Release.Id}: {HistoryTable.Word(Release.Outcome)}, started {Release.StartedAt:yyyy-MM-dd HH:mm:ss} UTC by {Release.By}");
        output.Labelled("commit", $"{Release.Commit[..7]} {Release.Subject}{(Release.Dirty ? " (with uncommitted changes)" : "")}");
        foreach (var line in Release.Failure)
        {
            output.Labelled("", line);
        }

        foreach (var stack in Release.Stacks)
        {
            output.Labelled("", $"{stack.StackName}  {stack.State}");
        }
    }
}
