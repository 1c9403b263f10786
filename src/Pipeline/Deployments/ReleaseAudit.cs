using Pipeline.Ledger;
using Pipeline.Outcomes;

namespace Pipeline.Deployments;

/// <summary>A release's entries in the audit log: asked for, started, and how it ended, whatever way it ended.</summary>
internal sealed class ReleaseAudit
{
    private readonly AuditTrail _trail;
    private readonly string _action;
    private readonly Action<string> _say;
    private ReleaseRecord? _record;

    private ReleaseAudit(AuditTrail trail, string action, string by, Action<string> say) => (_trail, _action, By, _say) = (trail, action, by, say);

    /// <summary>ARN of whoever asked.</summary>
    public string By { get; }

    /// <param name="say">told of the last entry: whoever cuts the log's tail can not cut the CI system's</param>
    /// <exception cref="PipelineException">the log can not be written (3)</exception>
    public static async Task<ReleaseAudit> Begin(AuditTrail trail, string action, string by, string purpose, Action<string> say, CancellationToken cancel)
    {
        await trail.Begin(new AuditEvent(action, "requested", by, purpose), cancel).ConfigureAwait(false);
        return new ReleaseAudit(trail, action, by, say);
    }

    public Task TookOver(LockRecord? dead) => dead is null ? Task.CompletedTask
        : _trail.Note(new AuditEvent("lock", "done", By, $"took over the lock that {dead.Owner} had left behind: {dead.Purpose}, since {dead.Since:yyyy-MM-dd HH:mm:ss} UTC"));

    public Task Started(ReleaseRecord record)
    {
        _record = record;
        return Note("started", record.Services.Count == 0 ? "stacks only" : string.Join(", ", record.Services.Select(s => $"{s.Service} {s.From ?? "–"} → {s.To}")), record.Services.ToDictionary(s => s.Service, s => s.ToDigest));
    }

    /// <summary>Writes down how the work ends.</summary>
    public async Task<DeploymentResult> Around(Func<Task<DeploymentResult>> work)
    {
        try
        {
            var result = await work().ConfigureAwait(false);
            await Last("done", "deployed and proven", []).ConfigureAwait(false);
            return result;
        }
        catch (Exception e)
        {
            // A refusal has changed nothing; whatever else ends a release early has, or may have.
            var (outcome, code) = e is PipelineException { ExitCode: var known } ? (known == ExitCode.Refused ? "refused" : "failed", (int)known) : ("failed", e is OperationCanceledException ? (int)ExitCode.Unknown : (int)ExitCode.Failed);
            await Last(outcome, e is OperationCanceledException ? "interrupted" : e.Message, new Dictionary<string, string> { ["exitCode"] = code.ToString(System.Globalization.CultureInfo.InvariantCulture) }).ConfigureAwait(false);
            throw;
        }
    }

    private async Task Last(string outcome, string text, Dictionary<string, string> facts)
    {
        if (await Note(outcome, text, facts).ConfigureAwait(false) is { } entry)
        {
            _say($"entry {entry.Seq} {entry.Hash}");
        }
    }

    private Task<AuditEntry?> Note(string outcome, string text, Dictionary<string, string> facts) =>
        _trail.Note(new AuditEvent(_action, outcome, By, text) { Deployment = _record?.Id, Facts = facts });
}
