using Pipeline.Outcomes;
using Pipeline.Processes;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>
/// What the user reads: a label, then facts, one screen for a normal run. On a terminal it is coloured and running work is shown in
/// place; elsewhere the same facts come as plain lines when they change.
/// </summary>
/// <param name="console">where it goes</param>
/// <param name="live">a person watches: lines may be redrawn</param>
public sealed class Output(IAnsiConsole console, bool live)
{
    private const int LabelWidth = 13;
    private readonly Lock _lock = new();

    /// <summary>Lines may be redrawn in place.</summary>
    public bool Live => live;

    /// <summary>Standard output, as this process has it: plain in CI, where it is no terminal, or where <c>NO_COLOR</c> is set.</summary>
    public static Output Standard()
    {
        var terminal = !Console.IsOutputRedirected && Environment.GetEnvironmentVariable("CI") is not ("true" or "1") && Environment.GetEnvironmentVariable("TERM") != "dumb";
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Ansi = terminal ? AnsiSupport.Detect : AnsiSupport.No,
            ColorSystem = terminal && Environment.GetEnvironmentVariable("NO_COLOR") is null ? ColorSystemSupport.Detect : ColorSystemSupport.NoColors,
            Interactive = terminal ? InteractionSupport.Detect : InteractionSupport.No,
        });
        if (!terminal)
        {
            // A log has no width: nothing is wrapped.
            console.Profile.Width = int.MaxValue / 2;
        }

        return new Output(console, terminal);
    }

    /// <summary>A line of its own, without a label.</summary>
    public void Say(string text = "")
    {
        lock (_lock)
        {
            Write(text, Style.Plain);
        }
    }

    /// <summary>The result of a finished step in colour: good green, bad red, undecided yellow.</summary>
    public void Result(string label, Verdict verdict, string text) => Labelled(label, text, Colour(verdict));

    /// <summary>A labelled line; further lines of <paramref name="text"/> are indented below it.</summary>
    public void Labelled(string label, string text, Color? colour = null)
    {
        lock (_lock)
        {
            var lines = text.Split('\n');
            Write($"{label.PadRight(LabelWidth - 1)} {lines[0].TrimEnd('\r')}", colour is { } c ? new Style(c) : Style.Plain);
            foreach (var line in lines.Skip(1))
            {
                Write($"{"",LabelWidth}{line.TrimEnd('\r')}".TrimEnd(), Style.Plain);
            }
        }
    }

    /// <summary>Something that is not as it should be, and does not end the run.</summary>
    public void Warn(string text)
    {
        lock (_lock)
        {
            Write(text, new Style(Color.Yellow));
        }
    }

    /// <summary>A JSON document for another program. A <c>##</c> in it, which only strings hold, is escaped: a CI host obeys <c>##[…]</c> wherever it stands.</summary>
    public void Json(string document) => Raw(document.Replace("##", "#\\u0023", StringComparison.Ordinal) + "\n");

    /// <summary>A text for another program: as it is, never wrapped or coloured.</summary>
    public void Raw(string text)
    {
        lock (_lock)
        {
            console.Profile.Out.Writer.Write(text);
            console.Profile.Out.Writer.Flush();
        }
    }

    /// <summary>A table or another widget of Spectre.Console.</summary>
    public void Show(Spectre.Console.Rendering.IRenderable widget)
    {
        lock (_lock)
        {
            console.Write(widget);
        }
    }

    /// <summary>Runs work of one row: what it is at lives in place on a terminal and is gone when it ends; elsewhere nothing is said until then.</summary>
    /// <param name="label">the step's name</param>
    public async Task<T> While<T>(string label, Func<IProgress<string>?, Task<T>> work)
    {
        if (!live)
        {
            return await work(null).ConfigureAwait(false);
        }

        var rows = new Rows(label, null);
        rows.Set("", "running");
        return await console.Live(rows.Draw()).AutoClear(true).StartAsync(view => Redrawn(view, rows, () => work(new Row(rows)))).ConfigureAwait(false);
    }

    /// <summary>Runs work whose rows change: redrawn in place on a terminal, printed when they change elsewhere.</summary>
    /// <param name="label">left of the first row</param>
    /// <param name="work">gets a function that sets a row's text</param>
    public async Task<T> WithRows<T>(string label, Func<Rows, Task<T>> work)
    {
        var rows = new Rows(label, live ? null : (name, text) => Labelled(name, text));
        if (!live)
        {
            return await work(rows).ConfigureAwait(false);
        }

        return await console.Live(rows.Draw()).AutoClear(false).StartAsync(view => Redrawn(view, rows, () => work(rows))).ConfigureAwait(false);
    }

    private static async Task<T> Redrawn<T>(LiveDisplayContext view, Rows rows, Func<Task<T>> work)
    {
        using var stop = new CancellationTokenSource();
        var drawing = Redraw(view, rows, stop.Token);
        try
        {
            return await work().ConfigureAwait(false);
        }
        finally
        {
            await stop.CancelAsync().ConfigureAwait(false);
            await drawing.ConfigureAwait(false);
            view.UpdateTarget(rows.Draw());
        }
    }

    private static async Task Redraw(LiveDisplayContext view, Rows rows, CancellationToken stop)
    {
        try
        {
            using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
            while (await timer.WaitForNextTickAsync(stop).ConfigureAwait(false))
            {
                view.UpdateTarget(rows.Draw());
            }
        }
        catch (OperationCanceledException)
        {
            // The work has ended.
        }
    }

    private static Color? Colour(Verdict verdict) => verdict switch
    {
        Verdict.Passed => null,
        Verdict.Failed => Color.Red,
        _ => Color.Yellow,
    };

    private void Write(string text, Style style) => console.Write(new Text(TerminalText.Inert(text) + "\n", style));

    /// <summary>Progress into a row, at once and in order, unlike <see cref="Progress{T}"/>.</summary>
    private sealed class Row(Rows rows) : IProgress<string>
    {
        public void Report(string value) => rows.Set("", value);
    }
}
