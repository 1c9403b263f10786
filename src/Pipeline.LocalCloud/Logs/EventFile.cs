using System.Text;
using System.Text.Json;

namespace Pipeline.LocalCloud.Logs;

/// <param name="Number">counts up in its stream, so that a place in it survives the loss of old events</param>
/// <param name="Timestamp">epoch milliseconds, as the writer gave it</param>
internal sealed record LogEvent(long Number, long Timestamp, long Ingested, string Message);

/// <summary>The events of one stream: one JSON line each. The newest are kept: when the file is full it becomes the old half, and the old half before it goes.</summary>
internal sealed class EventFile(string path, long halfSize = 8 * 1024 * 1024) : IDisposable
{
    private readonly Lock _lock = new();
    private FileStream? _file;
    private long _next = -1;

    public void Append(IEnumerable<(long Timestamp, string Message)> events, long ingested)
    {
        lock (_lock)
        {
            Open();
            using var lines = new MemoryStream();
            foreach (var (timestamp, message) in events)
            {
                JsonSerializer.Serialize(lines, new LogEvent(_next++, timestamp, ingested, message));
                lines.WriteByte((byte)'\n');
            }

            lines.WriteTo(_file!);
            _file!.Flush();
            if (_file.Length > halfSize)
            {
                _file.Dispose();
                File.Move(path, Old, overwrite: true);
                _file = Create();
            }
        }
    }

    public IReadOnlyList<LogEvent> Read()
    {
        lock (_lock)
        {
            return [.. ReadFile(Old), .. ReadFile(path)];
        }
    }

    public long Size => new[] { path, Old }.Select(p => new FileInfo(p)).Where(f => f.Exists).Sum(f => f.Length);

    public void Delete()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
            File.Delete(path);
            File.Delete(Old);
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _file?.Dispose();
            _file = null;
        }
    }

    private string Old => path + ".old";

    private void Open()
    {
        if (_file is not null)
        {
            return;
        }

        if (_next < 0)
        {
            _next = Read() is [.., var last] ? last.Number + 1 : 0;
        }

        _file = Create();
        if (_file.Length > 0 && !EndsWithLine())
        {
            // A kill in the middle of a write leaves half a line; the next event must not be glued to it.
            _file.WriteByte((byte)'\n');
        }
    }

    private bool EndsWithLine()
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        file.Seek(-1, SeekOrigin.End);
        return file.ReadByte() == '\n';
    }

    private FileStream Create() => new(path, FileMode.Append, FileAccess.Write, FileShare.Read);

    private static List<LogEvent> ReadFile(string file)
    {
        var events = new List<LogEvent>();
        if (!File.Exists(file))
        {
            return events;
        }

        using var reader = new StreamReader(new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete), Encoding.UTF8);
        while (reader.ReadLine() is { } line)
        {
            try
            {
                if (line.Length > 0)
                {
                    events.Add(JsonSerializer.Deserialize<LogEvent>(line)!);
                }
            }
            catch (JsonException)
            {
                // Half a line, see Open.
            }
        }

        return events;
    }
}
