using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Identity;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Queues;

/// <summary>All queues, by name.</summary>
internal sealed partial class QueueStore
{
    private readonly Table<QueueRecord> _records;
    private readonly Table<Message> _messages;
    private readonly ConcurrentDictionary<string, Queue> _queues = new(StringComparer.Ordinal);
    private readonly TimeProvider _time;
    private readonly string _endpoint;
    private readonly Lock _lock = new();
    private long _number;

    public QueueStore(Database database, TimeProvider time, string endpoint)
    {
        (_time, _endpoint) = (time, endpoint);
        _records = database.Table<QueueRecord>("sqs/queues");
        _messages = database.Table<Message>("sqs/messages");
        _number = _messages.All.Select(m => m.Number).DefaultIfEmpty().Max();
        foreach (var record in _records.All)
        {
            _queues[record.Name] = new Queue(record, _messages, time);
        }
    }

    public IEnumerable<Queue> All => _queues.Values.OrderBy(q => q.Record.Name, StringComparer.Ordinal);

    public string Url(string name) => $"{_endpoint}/{Account.Id}/{name}";

    public static string Arn(QueueRecord queue) => $"arn:aws:sqs:{queue.Region}:{Account.Id}:{queue.Name}";

    /// <exception cref="AwsException">QueueDoesNotExist</exception>
    public Queue Get(string name) => _queues.GetValueOrDefault(name)
        ?? throw new AwsException("QueueDoesNotExist", "The specified queue does not exist.") { QueryCode = "AWS.SimpleQueueService.NonExistentQueue" };

    /// <summary>By its URL; only the path counts, the port may have been another one when the URL was handed out.</summary>
    public Queue ByUrl(string url) => Get(url[(url.LastIndexOf('/') + 1)..]);

    public Queue Create(string name, string region, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> tags)
    {
        if (!QueueName().IsMatch(name))
        {
            throw new AwsException("InvalidParameterValue", name.EndsWith(".fifo", StringComparison.Ordinal)
                ? "The embedded cloud does not implement FIFO queues."
                : "Can only include alphanumeric characters, hyphens, or underscores. 1 to 80 in length");
        }

        Settings.Check(settings);
        lock (_lock)
        {
            if (_queues.TryGetValue(name, out var known))
            {
                return settings.All(s => Effective(known.Record, s.Key) == s.Value)
                    ? known
                    : throw new AwsException("QueueNameExists", $"A queue already exists with the same name and a different value for attribute {settings.First(s => Effective(known.Record, s.Key) != s.Value).Key}") { QueryCode = "QueueAlreadyExists" };
            }

            var now = _time.GetUtcNow();
            var record = new QueueRecord(name, region, now, now, settings, tags);
            _records.Put(name, record);
            return _queues[name] = new Queue(record, _messages, _time);
        }
    }

    public void Change(Queue queue, IReadOnlyDictionary<string, string> settings)
    {
        Settings.Check(settings);
        Save(queue, record => record with { Modified = _time.GetUtcNow(), Settings = Merge(record.Settings, settings) });
    }

    /// <summary>Puts exactly these settings in place of all there were.</summary>
    public void Replace(Queue queue, IReadOnlyDictionary<string, string> settings, IReadOnlyDictionary<string, string> tags)
    {
        Settings.Check(settings);
        Save(queue, record => record with { Modified = _time.GetUtcNow(), Settings = settings, Tags = tags });
    }

    public void Tag(Queue queue, Func<IReadOnlyDictionary<string, string>, IReadOnlyDictionary<string, string>> change) => Save(queue, record => record with { Tags = change(record.Tags) });

    public void Delete(string name)
    {
        lock (_lock)
        {
            Get(name).Purge();
            _queues.TryRemove(name, out _);
            _records.Remove(name);
        }
    }

    public Message Send(Queue queue, string body, JsonObject? attributes, string sender, int? delaySeconds)
    {
        var now = _time.GetUtcNow();
        var delay = TimeSpan.FromSeconds(delaySeconds ?? queue.Record.Number("DelaySeconds"));
        var message = new Message(Guid.NewGuid().ToString(), Interlocked.Increment(ref _number), queue.Record.Name, body, attributes, sender, now, now + delay, 0, null);
        queue.Add(message);
        return message;
    }

    public DeadLetters? DeadLettersOf(Queue queue) => queue.Record.Redrive() is { } redrive && _queues.TryGetValue(redrive.Arn[(redrive.Arn.LastIndexOf(':') + 1)..], out var target)
        ? new DeadLetters(target, redrive.MaxReceives)
        : null;

    internal static string Effective(QueueRecord queue, string name) => queue.Settings.GetValueOrDefault(name) ?? Settings.Defaults.GetValueOrDefault(name) ?? "";

    private static Dictionary<string, string> Merge(IReadOnlyDictionary<string, string> old, IReadOnlyDictionary<string, string> changes) =>
        old.Where(s => !changes.ContainsKey(s.Key)).Concat(changes).Where(s => s.Value.Length > 0).ToDictionary(s => s.Key, s => s.Value);

    private void Save(Queue queue, Func<QueueRecord, QueueRecord> change)
    {
        lock (_lock)
        {
            queue.Record = change(queue.Record);
            _records.Put(queue.Record.Name, queue.Record);
        }
    }

    [GeneratedRegex(@"^[A-Za-z0-9_-]{1,80}\z")]
    private static partial Regex QueueName();
}
