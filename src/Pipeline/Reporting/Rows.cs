using System.Diagnostics;
using Spectre.Console;
using Spectre.Console.Rendering;

namespace Pipeline.Reporting;

/// <summary>Rows of running work, each with a name, a text and the time it took so far.</summary>
/// <param name="label">left of the first row on a terminal</param>
/// <param name="changed">elsewhere: called with a row's name and new text; <c>null</c> on a terminal</param>
public sealed class Rows(string label, Action<string, string>? changed)
{
    private readonly List<Row> _rows = [];
    private readonly Lock _lock = new();

    /// <summary>Sets a row's text; the row is added if it is new. The same text again changes nothing.</summary>
    /// <param name="done">its time stops</param>
    public void Set(string name, string text, bool done = false)
    {
        lock (_lock)
        {
            var row = _rows.Find(r => r.Name == name);
            if (row is null)
            {
                _rows.Add(row = new Row(name));
            }
            else if (row.Text == text)
            {
                return;
            }

            row.Text = text;
            if (done)
            {
                row.Watch.Stop();
            }

            changed?.Invoke(name, done ? $"{text}   {Durations.Text(row.Watch.Elapsed)}" : text);
        }
    }

    /// <summary>The rows as they stand.</summary>
    public IRenderable Draw()
    {
        lock (_lock)
        {
            var grid = new Grid().AddColumn(new GridColumn().NoWrap().Width(11).PadLeft(0)).AddColumn(new GridColumn().NoWrap().PadLeft(0).PadRight(2)).AddColumn(new GridColumn()).AddColumn(new GridColumn().NoWrap().RightAligned());
            for (var i = 0; i < _rows.Count; i++)
            {
                var row = _rows[i];
                grid.AddRow(new Text(i == 0 ? label : ""), new Text(row.Name), new Text(row.Text), new Text(Durations.Text(row.Watch.Elapsed)));
            }

            return grid;
        }
    }

    private sealed class Row(string name)
    {
        public string Name => name;

        public string Text { get; set; } = "";

        public Stopwatch Watch { get; } = Stopwatch.StartNew();
    }
}
