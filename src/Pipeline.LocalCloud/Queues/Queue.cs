using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Queues;

/// <summary>One queue at work: messages in order, each hidden while somebody works on it.</summary>
internal sealed class Queue(QueueRecord record, Table<Message> table, TimeProvider time)
{
    private readonly SortedDictionary<long, Message> _messages = new(table.All.Where(m => m.Queue == record.Name).ToDictionary(m => m.Number));
    private readonly Lock _lock = new();
    private TaskCompletionSource _changed = new(TaskCreationOptions.RunContinuationsAsynchronously);

    public QueueRecord Record { get; set; } = record;

    public void Add(Message message)
    {
        lock (_lock)
        {
            Keep(message);
            Wake();
        }
    }

    /// <summary>Takes up to <paramref name="count"/> messages and hides them; waits for the first one.</summary>
    /// <param name="dead">where messages go, instead of to the receiver, that were received too often</param>
    public async Task<IReadOnlyList<Message>> Receive(int count, TimeSpan hide, TimeSpan wait, DeadLetters? dead, CancellationToken cancel)
    {
        var deadline = time.GetUtcNow() + wait;
        while (true)
        {
            Task changed;
            DateTimeOffset? next;
            List<Message> buried;
            List<Message> taken;
            lock (_lock)
            {
                (taken, buried) = Take(count, hide, dead?.MaxReceives ?? int.MaxValue);
                changed = _changed.Task;
                next = _messages.Values.Select(m => (DateTimeOffset?)m.VisibleAt).Min();
            }

            buried.ForEach(m => dead!.Queue.Adopt(m));
            var now = time.GetUtcNow();
            if (taken.Count > 0 || now >= deadline)
            {
                return taken;
            }

            var until = next is { } visible && visible < deadline ? visible : deadline;
            var pause = until > now ? until - now : TimeSpan.FromMilliseconds(1);
            await Task.WhenAny(changed, Task.Delay(pause, time, cancel));
            cancel.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Deletes the message if the receipt is of its last receipt; an older one deletes nothing, as on SQS.</summary>
    public void Delete(string id, int receipt)
    {
        lock (_lock)
        {
            if (_messages.Values.FirstOrDefault(m => m.Id == id) is { } message && message.Received == receipt)
            {
                Drop(message);
            }
        }
    }

    /// <returns>whether the message was still hidden for the holder of this receipt</returns>
    public bool Hide(string id, int receipt, TimeSpan hide)
    {
        lock (_lock)
        {
            var now = time.GetUtcNow();
            if (_messages.Values.FirstOrDefault(m => m.Id == id) is not { } message || message.Received != receipt || message.VisibleAt <= now)
            {
                return false;
            }

            Keep(message with { VisibleAt = now + hide });
            Wake();
            return true;
        }
    }

    public void Purge()
    {
        lock (_lock)
        {
            _messages.Values.ToList().ForEach(Drop);
        }
    }

    /// <summary>How many can be received, are being worked on, are still delayed.</summary>
    public (int Visible, int Hidden, int Delayed) Count()
    {
        lock (_lock)
        {
            Expire();
            var now = time.GetUtcNow();
            var visible = _messages.Values.Count(m => m.VisibleAt <= now);
            var delayed = _messages.Values.Count(m => m.VisibleAt > now && m.Received == 0);
            return (visible, _messages.Count - visible - delayed, delayed);
        }
    }

    /// <summary>When the oldest message was sent that is still there; <c>null</c>: there is none.</summary>
    public DateTimeOffset? OldestSent
    {
        get
        {
            lock (_lock)
            {
                return _messages.Values.Select(m => (DateTimeOffset?)m.Sent).Min();
            }
        }
    }

    private void Adopt(Message message) => Add(message with { Queue = Record.Name, VisibleAt = time.GetUtcNow(), Received = 0, FirstReceived = null });

    private (List<Message> Taken, List<Message> Buried) Take(int count, TimeSpan hide, int maxReceives)
    {
        Expire();
        var now = time.GetUtcNow();
        List<Message> taken = [];
        List<Message> buried = [];
        foreach (var message in _messages.Values.Where(m => m.VisibleAt <= now).ToList())
        {
            if (taken.Count == count)
            {
                break;
            }

            if (message.Received >= maxReceives)
            {
                Drop(message);
                buried.Add(message);
                continue;
            }

            var received = message with { Received = message.Received + 1, VisibleAt = now + hide, FirstReceived = message.FirstReceived ?? now };
            Keep(received);
            taken.Add(received);
        }

        return (taken, buried);
    }

    private void Expire()
    {
        var oldest = time.GetUtcNow() - TimeSpan.FromSeconds(Record.Number("MessageRetentionPeriod"));
        _messages.Values.Where(m => m.Sent < oldest).ToList().ForEach(Drop);
    }

    private void Keep(Message message)
    {
        _messages[message.Number] = message;
        table.Put(Key(message), message);
    }

    private void Drop(Message message)
    {
        _messages.Remove(message.Number);
        table.Remove(Key(message));
    }

    private void Wake()
    {
        var changed = _changed;
        _changed = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        changed.SetResult();
    }

    private static string Key(Message message) => $"{message.Queue}/{message.Id}";
}

/// <summary>Where a queue's messages go that were received too often.</summary>
internal sealed record DeadLetters(Queue Queue, int MaxReceives);
