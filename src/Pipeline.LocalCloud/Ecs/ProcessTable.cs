using System.Globalization;
using System.Text;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>What a group of processes uses now.</summary>
/// <param name="Cpu">time used so far, that of ended children included</param>
/// <param name="Bytes">resident memory</param>
internal sealed record ProcessUsage(TimeSpan Cpu, long Bytes);

/// <summary>The machine's processes at one moment, from <c>/proc</c>; empty where there is none.</summary>
internal sealed class ProcessTable
{
    // What /proc counts in, on every Linux that .NET runs on.
    private const int TicksPerSecond = 100;
    private readonly Dictionary<int, Row> _rows;
    private readonly ILookup<int, int> _children;
    private readonly ILookup<int, int> _sessions;

    private ProcessTable(Dictionary<int, Row> rows)
    {
        _rows = rows;
        _children = rows.ToLookup(row => row.Value.Parent, row => row.Key);
        _sessions = rows.ToLookup(row => row.Value.Session, row => row.Key);
    }

    public static ProcessTable Read()
    {
        var rows = new Dictionary<int, Row>();
        var buffer = new byte[1024];
        foreach (var folder in Directory.Exists("/proc") ? Directory.EnumerateDirectories("/proc") : [])
        {
            if (int.TryParse(Path.GetFileName(folder.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out var id) && Row.Read(folder, buffer) is { } row)
            {
                rows[id] = row;
            }
        }

        return new ProcessTable(rows);
    }

    /// <summary>A process with everything it started, also what has lost its parent: that is still in a session that one of them began. <c>null</c>: there is no such process.</summary>
    public ProcessUsage? Of(int root)
    {
        if (!_rows.TryGetValue(root, out var top))
        {
            return null;
        }

        var found = new HashSet<int>();
        var open = new Stack<int>([root]);
        while (open.TryPop(out var id))
        {
            if (!found.Add(id))
            {
                continue;
            }

            foreach (var child in _children[id].Concat(_rows[id].Session != top.Session ? _sessions[_rows[id].Session] : []))
            {
                open.Push(child);
            }
        }

        return new ProcessUsage(TimeSpan.FromSeconds((double)found.Sum(id => _rows[id].Ticks) / TicksPerSecond), found.Sum(id => _rows[id].Pages) * Environment.SystemPageSize);
    }

    private sealed record Row(int Parent, int Session, long Ticks, long Pages)
    {
        /// <returns><c>null</c>: it has ended meanwhile</returns>
        public static Row? Read(string folder, byte[] buffer)
        {
            try
            {
                using var file = File.OpenHandle($"{folder}/stat");
                var text = Encoding.Latin1.GetString(buffer, 0, RandomAccess.Read(file, buffer, 0));
                // The program's name comes in brackets and may hold anything.
                var fields = text[(text.LastIndexOf(')') + 2)..].Split(' ');
                long At(int index) => long.Parse(fields[index], CultureInfo.InvariantCulture);
                return new Row((int)At(1), (int)At(3), At(11) + At(12) + At(13) + At(14), At(21));
            }
            catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or ArgumentOutOfRangeException or IndexOutOfRangeException)
            {
                return null;
            }
        }
    }
}
