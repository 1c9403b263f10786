using System.Collections.Concurrent;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Logs;

internal sealed record LogGroupRecord(string Name, string Arn, DateTimeOffset CreatedAt, int? RetentionDays, IReadOnlyDictionary<string, string> Tags);

internal sealed record LogStreamRecord(string Group, string Name, string Arn, string FileName, DateTimeOffset CreatedAt);

/// <summary>Log groups, their streams and the streams' events. Groups and streams are records; events are appended to files.</summary>
internal sealed class LogStore(Database database, TimeProvider clock) : IDisposable
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(database.Folder, "logs")).FullName;
    private readonly Table<LogGroupRecord> _groups = database.Table<LogGroupRecord>("logs/groups");
    private readonly Table<LogStreamRecord> _streams = database.Table<LogStreamRecord>("logs/streams");
    private readonly ConcurrentDictionary<string, EventFile> _files = new(StringComparer.Ordinal);

    public IEnumerable<LogGroupRecord> Groups => _groups.All.OrderBy(g => g.Name, StringComparer.Ordinal);

    public LogGroupRecord? FindGroup(string name) => _groups.Find(name);

    public void Save(LogGroupRecord group) => _groups.Put(group.Name, group);

    public void DeleteGroup(string name)
    {
        foreach (var stream in StreamsOf(name))
        {
            DeleteStream(stream);
        }

        _groups.Remove(name);
    }

    public IReadOnlyList<LogStreamRecord> StreamsOf(string group) => [.. _streams.All.Where(s => s.Group == group).OrderBy(s => s.Name, StringComparer.Ordinal)];

    public LogStreamRecord? FindStream(string group, string name) => _streams.Find(Key(group, name));

    public LogStreamRecord AddStream(LogGroupRecord group, string name)
    {
        var stream = new LogStreamRecord(group.Name, name, $"{group.Arn}:log-stream:{name}", $"{Guid.NewGuid():N}.jsonl", clock.GetUtcNow());
        _streams.Put(Key(group.Name, name), stream);
        return stream;
    }

    public void DeleteStream(LogStreamRecord stream)
    {
        _streams.Remove(Key(stream.Group, stream.Name));
        if (_files.TryRemove(stream.FileName, out var open))
        {
            open.Delete();
        }
        else
        {
            FileOf(stream).Delete();
        }
    }

    public EventFile Events(LogStreamRecord stream) => _files.GetOrAdd(stream.FileName, _ => FileOf(stream));

    public long Now => clock.GetUtcNow().ToUnixTimeMilliseconds();

    public void Dispose()
    {
        foreach (var file in _files.Values)
        {
            file.Dispose();
        }
    }

    private EventFile FileOf(LogStreamRecord stream) => new(Path.Combine(_folder, stream.FileName));

    private static string Key(string group, string stream) => $"{group}\n{stream}";
}
