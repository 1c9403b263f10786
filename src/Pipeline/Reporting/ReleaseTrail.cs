using System.Globalization;
using Pipeline.Approvals;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Reporting;

/// <summary>Something that happened to a release.</summary>
/// <param name="At">UTC</param>
/// <param name="What">a word or two</param>
/// <param name="Text">one sentence</param>
public sealed record TrailStep(DateTimeOffset At, string What, string Text);

/// <summary>Everything that is known of one release, in time's order: for an auditor.</summary>
/// <param name="Release">its record; <c>null</c>: it was only asked for</param>
/// <param name="Request">what people were asked; <c>null</c>: nobody had to be</param>
/// <param name="Votes">counted by today's rules</param>
/// <param name="Entries">of the audit log</param>
public sealed record ReleaseTrail(ReleaseRecord? Release, DeploymentRequest? Request, Tally? Votes, IReadOnlyList<AuditEntry> Entries)
{
    /// <summary>Reads it.</summary>
    /// <param name="id">the release's</param>
    /// <exception cref="PipelineException">nothing of that name is known (3)</exception>
    public static async Task<ReleaseTrail> Read(ReleaseLedger ledger, RequestBook book, Ballot ballot, string id, CancellationToken cancel)
    {
        var release = await ledger.Release(id, cancel).ConfigureAwait(false);
        var request = await book.Find(id, cancel).ConfigureAwait(false);
        IReadOnlyList<AuditEntry> entries = [.. (await ledger.Audit.Read(cancel).ConfigureAwait(false)).Where(e => e.Event.Deployment == id)];
        return release is null && request is null && entries.Count == 0
            ? throw new PipelineException(ExitCode.Refused, $"REFUSED: nothing is known of a release '{id}'.", new Detail("next", "./build.sh --target=History lists the releases of an environment"))
            : new ReleaseTrail(release, request, request is null ? null : await ballot.Count(request, request.Plan, cancel).ConfigureAwait(false), entries);
    }

    /// <summary>Its steps, oldest first.</summary>
    public IReadOnlyList<TrailStep> Steps() => [.. OfRelease().Concat(OfRequest()).Concat(Entries.Select(Step)).OrderBy(s => s.At)];

    /// <summary>Prints it.</summary>
    public void Print(Output output)
    {
        foreach (var step in Steps())
        {
            output.Say($"{step.At.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)}  {step.What,-16} {TerminalText.Echo(step.Text.ReplaceLineEndings(" "))}");
        }
    }

    private static TrailStep Step(AuditEntry entry)
    {
        var facts = entry.Event.Facts.Count == 0 ? "" : $"   [{string.Join(", ", entry.Event.Facts.OrderBy(f => f.Key, StringComparer.Ordinal).Select(f => $"{f.Key}={f.Value}"))}]";
        return new TrailStep(entry.At, $"{entry.Event.Action} {entry.Event.Outcome}", $"{entry.Event.Text}   by {entry.Event.By}   (audit entry {entry.Seq}){facts}");
    }

    private IEnumerable<TrailStep> OfRelease()
    {
        if (Release is not { } release)
        {
            yield break;
        }

        yield return new TrailStep(release.StartedAt, "release", $"{release.Kind.ToString().ToLowerInvariant()} of {release.Commit}{(release.Dirty ? " (with uncommitted changes)" : "")} \"{release.Subject}\" by {release.Requester ?? release.By}{(release.Reason is { } why ? $": {why}" : "")}");
        foreach (var service in release.Services)
        {
            yield return new TrailStep(release.StartedAt, "release", $"{service.Service} {service.From ?? "–"} → {service.To}, {service.FromDigest ?? "–"} → {service.ToDigest}");
        }

        foreach (var gate in release.Gates)
        {
            yield return new TrailStep(gate.At, $"gate {gate.Name}", $"{gate.Verdict.ToString().ToLowerInvariant()}: {gate.Text}{(gate.By is { } by ? $"   by {by}" : "")}");
        }

        if (release.FinishedAt is { } end)
        {
            yield return new TrailStep(end, "release", $"{HistoryTable.Word(release.Outcome)}{(release.Failure is [var first, ..] ? $": {first}" : "")}");
        }
    }

    private IEnumerable<TrailStep> OfRequest()
    {
        if (Request is not { } request || Votes is not { } votes)
        {
            yield break;
        }

        yield return new TrailStep(request.RequestedAt, "request", $"by {request.Requester.Arn} for plan {request.Plan}, {votes.Required} to approve until {request.Expires:yyyy-MM-dd HH:mm:ss} UTC");
        foreach (var vote in votes.Approvals)
        {
            yield return new TrailStep(vote.At, "approved", $"by {vote.By}{(vote.Reason is null ? "" : $": {vote.Reason}")}");
        }

        foreach (var vote in votes.Rejections)
        {
            yield return new TrailStep(vote.At, "rejected", $"by {vote.By}{(vote.Reason is null ? "" : $": {vote.Reason}")}");
        }

        foreach (var vote in votes.Ignored)
        {
            yield return new TrailStep(request.RequestedAt, "vote ignored", $"{vote.By}: {vote.Why}");
        }

        if (request is { Closed: { } closed, ClosedAt: { } at })
        {
            yield return new TrailStep(at, "request closed", closed.ToString().ToLowerInvariant());
        }
    }
}
