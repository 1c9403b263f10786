using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Notifications.Receivers;
using Pipeline.Outcomes;

namespace Pipeline.Notifications;

/// <summary>
/// The one place that tells people. Telling begins at once and holds nothing up; whoever ends the run waits for what is still under way, a
/// limited time (<see cref="Limits"/>). Nothing that happens here fails a run.
/// </summary>
/// <param name="aws">the environment's account; asked only where a secret or a topic needs it</param>
/// <param name="store">the ledger's bucket</param>
public sealed class Notifier(PipelineConfiguration configuration, Func<Task<AwsAccount>> aws, Func<Task<ObjectStore>> store)
{
    private readonly Dictionary<string, Task<IReadOnlyList<Delivery>>> _told = [];
    private readonly Lock _lock = new();

    /// <summary>Measures pauses and deadlines.</summary>
    public TimeProvider Time { get; init; } = TimeProvider.System;

    /// <summary>The process's environment.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = ReceiverSecrets.Process();

    /// <summary>Certificates of mail servers that are trusted beside those that the machine trusts.</summary>
    internal System.Net.Security.RemoteCertificateValidationCallback? Trust { get; init; }

    /// <summary>Begins to tell a notice to everybody whom it concerns, unless they were told it before, by this run or another.</summary>
    /// <param name="cancel">the run was asked to stop</param>
    public void Tell(Notice notice, CancellationToken cancel)
    {
        if (Time.GetUtcNow() - notice.At > Limits.News || Concerned(notice.Cause).Count == 0)
        {
            return;
        }

        lock (_lock)
        {
            if (!_told.ContainsKey(notice.Id))
            {
                _told[notice.Id] = Task.Run(() => Safely(notice, cancel), CancellationToken.None);
            }
        }
    }

    /// <summary>What became of everything that was told; waits for what is under way.</summary>
    public async Task<IReadOnlyList<Delivery>> Ended()
    {
        Task<IReadOnlyList<Delivery>>[] told;
        lock (_lock)
        {
            told = [.. _told.Values];
        }

        return [.. (await Task.WhenAll(told).ConfigureAwait(false)).SelectMany(d => d)];
    }

    /// <summary>Tells a notice now, whoever was told what before, and remembers nothing: a test.</summary>
    /// <param name="groups">whom</param>
    public async Task<IReadOnlyList<Delivery>> Try(Notice notice, IReadOnlyList<ContactGroup> groups, CancellationToken cancel)
    {
        using var whole = new CancellationTokenSource(Limits.Whole, Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancel);
        return await Send(notice, groups, Until(), over.Token).ConfigureAwait(false);
    }

    /// <summary>The groups that are told of a cause.</summary>
    public IReadOnlyList<ContactGroup> Concerned(Cause cause) => [.. configuration.Environment.Notifications.Where(g => g.Causes.Contains(cause))];

    private async Task<IReadOnlyList<Delivery>> Safely(Notice notice, CancellationToken cancel)
    {
        try
        {
            return await Once(notice, cancel).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            // A fault of ours in telling must not become the release's.
            return [.. Concerned(notice.Cause).SelectMany(g => g.Receivers.Select(r => new Delivery(notice.Cause.Word(), g.Name, r.Name, false, 0, $"unexpected error ({e.GetType().Name})")))];
        }
    }

    private async Task<IReadOnlyList<Delivery>> Once(Notice notice, CancellationToken cancel)
    {
        var until = Until();
        using var whole = new CancellationTokenSource(Limits.Whole, Time);
        using var over = CancellationTokenSource.CreateLinkedTokenSource(whole.Token, cancel);
        NoticeBook? book = null;
        NoticeEntry? claim = null;
        try
        {
            book = new NoticeBook(await store().WaitAsync(over.Token).ConfigureAwait(false), configuration.Environment.Name, Time);
            claim = await book.Claim(notice, over.Token).ConfigureAwait(false);
            if (claim is null)
            {
                return [];
            }
        }
        catch (Exception e) when (e is PipelineException or OperationCanceledException)
        {
            // Twice is better than never: a ledger that does not answer keeps no news back.
        }

        var deliveries = await Send(notice, Concerned(notice.Cause), until, over.Token).ConfigureAwait(false);
        if (book is not null && claim is not null)
        {
            await Remember(book, notice, claim, deliveries).ConfigureAwait(false);
        }

        return deliveries;
    }

    private static async Task Remember(NoticeBook book, Notice notice, NoticeEntry claim, IReadOnlyList<Delivery> deliveries)
    {
        // Also while the run is being cancelled: what was told would be told again.
        using var deadline = new CancellationTokenSource(Limits.Attempt);
        try
        {
            await book.Told(notice, claim, deliveries, deadline.Token).ConfigureAwait(false);
        }
        catch (Exception e) when (e is PipelineException or OperationCanceledException)
        {
            // Then it may be told again, once the lease has run out.
        }
    }

    private async Task<IReadOnlyList<Delivery>> Send(Notice notice, IReadOnlyList<ContactGroup> groups, long until, CancellationToken over)
    {
        // All of them, not only those that are told now: another receiver's address may stand in the text.
        var receivers = configuration.Environment.Notifications.SelectMany(g => g.Receivers);
        var named = configuration.Services.SelectMany(s => s.Docker?.Secrets.Values ?? []).ToHashSet(StringComparer.Ordinal);
        var secrets = await ReceiverSecrets.Read(receivers, aws, Variables, named, over).ConfigureAwait(false);
        var senders = new Senders(notice.With(secrets.Mask.Apply), secrets, aws) { Time = Time, Trust = Trust };
        var retries = new Retries(Time, Random.Shared.NextDouble);
        return await Task.WhenAll(groups.SelectMany(g => g.Receivers.Select(async receiver =>
        {
            var (attempts, error) = secrets.Missing(receiver) is { } missing ? (0, missing.Why) : await retries.Run(cancel => senders.Send(receiver, cancel), until, over).ConfigureAwait(false);
            return new Delivery(notice.Cause.Word(), g.Name, receiver.Name, error is null, attempts, error is null ? null : secrets.Mask.Apply(error));
        }))).ConfigureAwait(false);
    }

    private long Until() => Time.GetTimestamp() + (long)(Limits.Whole.TotalSeconds * Time.TimestampFrequency);
}
