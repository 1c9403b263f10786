using System.Globalization;
using System.Text.Json;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline.Ledger;

/// <summary>
/// How an action speaks to the audit log: it does not begin without it, and what can not be written in the middle is kept on this
/// machine, loudly, and delivered by the next action that begins here.
/// </summary>
/// <param name="log">the environment's</param>
/// <param name="root">the repository's folder; the spool is <c>.pipeline/audit-spool</c> in it</param>
/// <param name="warn">told of what could not be written, one line each</param>
public sealed class AuditTrail(AuditLog log, string root, Action<string> warn)
{
    private readonly string _spool = Path.Combine(root, ".pipeline", "audit-spool", log.Environment);

    /// <summary>Writes that something begins, after what an earlier run could not write.</summary>
    /// <exception cref="PipelineException">the log can not be written, so nothing may begin (3)</exception>
    public async Task<AuditEntry> Begin(AuditEvent what, CancellationToken cancel)
    {
        try
        {
            await Deliver(cancel).ConfigureAwait(false);
            return await log.Append(what, cancel).ConfigureAwait(false);
        }
        catch (PipelineException e)
        {
            throw new PipelineException(ExitCode.Refused, $"REFUSED: the audit log of {log.Environment} can not be written, and nothing is done that is not written down.",
            [
                new Detail("why", e.Message),
                .. e.Details.Where(d => d.Label == "why"),
                new Detail(log.Environment, "untouched by this run"),
                new Detail("next", e.Details.FirstOrDefault(d => d.Label == "next")?.Text ?? "the same command again"),
            ]);
        }
    }

    /// <summary>Writes what has happened already; it never fails.</summary>
    /// <returns>the entry; <c>null</c>: it is kept on this machine until the next run</returns>
    public async Task<AuditEntry?> Note(AuditEvent what)
    {
        // What has happened is written down even while the run is being cancelled.
        using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(15));
        try
        {
            return await log.Append(what, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PipelineException or OperationCanceledException)
        {
            Keep(what, e.Message);
            return null;
        }
    }

    private void Keep(AuditEvent what, string why)
    {
        var now = DateTimeOffset.UtcNow;
        var late = what with { Facts = new Dictionary<string, string>(what.Facts) { ["happened"] = now.ToString("O", CultureInfo.InvariantCulture) } };
        try
        {
            Directory.CreateDirectory(_spool);
            var file = Path.Combine(_spool, $"{now:yyyyMMddHHmmssfffffff}-{Guid.NewGuid():N}.json");
            File.WriteAllText(file + ".tmp", JsonSerializer.Serialize(late, ObjectStore.Json));
            File.Move(file + ".tmp", file);
            warn($"AUDIT: '{what.Action} {what.Outcome}' could not be written ({why}). It is kept in {file}; the next run here delivers it.");
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            warn($"AUDIT: '{what.Action} {what.Outcome}' by {what.By} could not be written ({why}), nor kept on this machine ({e.Message}): {what.Text}");
        }
    }

    private async Task Deliver(CancellationToken cancel)
    {
        if (!Directory.Exists(_spool))
        {
            return;
        }

        foreach (var file in Directory.EnumerateFiles(_spool, "*.json").Order(StringComparer.Ordinal).ToList())
        {
            await Deliver(file, cancel).ConfigureAwait(false);
        }
    }

    private async Task Deliver(string file, CancellationToken cancel)
    {
        AuditEvent? kept;
        try
        {
            kept = JsonSerializer.Deserialize<AuditEvent>(await File.ReadAllTextAsync(file, cancel).ConfigureAwait(false), ObjectStore.Json);
        }
        catch (JsonException e)
        {
            File.Move(file, file + ".damaged", overwrite: true);
            warn($"AUDIT: {file}.damaged can not be read ({e.Message}); it was not delivered.");
            return;
        }

        await log.Append(kept!, cancel).ConfigureAwait(false);
        File.Delete(file);
        warn($"AUDIT: delivered '{kept!.Action} {kept.Outcome}' of {kept.Facts.GetValueOrDefault("happened")}.");
    }
}
