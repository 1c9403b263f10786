using System.Globalization;
using System.Xml.Linq;
using Pipeline.Configuration;

namespace Pipeline.Checks.Load;

/// <summary>
/// Draws a load as SVG: percentiles over time above (logarithmic, so that 12 ms and a target of 5 s fit), requests a second below. It follows
/// the reader's light or dark preference, and every line has its name at its end.
/// </summary>
internal static class LoadPlot
{
    private const double Left = 64, Right = 640, Width = 820, Height = 440;
    private const double Top = 64, Middle = 290, RateTop = 330, Bottom = 400;
    private const double LabelHeight = 15;
    private const decimal Least = 0.1m;

    private const string Style = """
        svg { font: 12px system-ui, sans-serif; } .page { fill: #ffffff; }
        .scale { fill: #52514e; } .title { fill: #0b0b0b; font-size: 15px; font-weight: 600; } .name { fill: #0b0b0b; }
        .grid { stroke: #e4e3df; } .p50, .p95, .p99, .rate { fill: none; stroke-width: 2; stroke-linejoin: round; stroke-linecap: round; }
        .p50 { stroke: #86b6ef; } .p95 { stroke: #2a78d6; } .p99 { stroke: #104281; } .rate { stroke: #2a78d6; }
        .target { stroke: #b3261e; stroke-dasharray: 6 4; } .before { stroke: #52514e; stroke-dasharray: 2 4; } .failed { fill: #b3261e; }
        @media (prefers-color-scheme: dark) {
          .page { fill: #1a1a19; } .scale { fill: #c3c2b7; } .title, .name { fill: #ffffff; } .grid { stroke: #383835; }
          .p50 { stroke: #1c5cab; } .p95 { stroke: #5598e7; } .p99 { stroke: #b7d3f6; } .rate { stroke: #5598e7; }
          .target { stroke: #f2867e; } .before { stroke: #c3c2b7; } .failed { fill: #f2867e; }
        }
        """;

    private static readonly XNamespace Svg = "http://www.w3.org/2000/svg";

    /// <returns><c>null</c>: there are not two moments to connect</returns>
    public static XElement? Draw(string title, LoadMeasurement measured, LoadFigures figures, SuiteSettings suite, EarlierFigures? before)
    {
        var samples = measured.Samples;
        if (samples.Count < 2 || samples.All(s => s.Median is null))
        {
            return null;
        }

        var seconds = (double)Math.Max(samples[^1].Second, (decimal)suite.Load!.Duration.TotalSeconds);
        double X(decimal second) => Left + ((double)second / seconds * (Right - Left));
        return new XElement(
            Svg + "svg",
            new XAttribute("viewBox", LoadText.Text($"0 0 {Width} {Height}")),
            new XAttribute("role", "img"),
            new XElement(Svg + "title", $"{title}: {figures}"),
            new XElement(Svg + "style", Style),
            new XElement(Svg + "rect", new XAttribute("class", "page"), At("width", Width), At("height", Height)),
            Text(Left, 22, "title", title),
            Text(Left, 42, "scale", figures.ToString()),
            Latency(samples, suite, before, X),
            Rates(samples, suite.Load, X),
            Enumerable.Range(0, 5).Select(i => Text(Left + (i * (Right - Left) / 4), Bottom + 18, "scale", LoadText.Text($"{seconds * i / 4:0.#} s"), "middle")));
    }

    private static IEnumerable<XElement> Latency(IReadOnlyList<LoadSample> samples, SuiteSettings suite, EarlierFigures? before, Func<decimal, double> x)
    {
        (string Class, string Name, Func<LoadSample, decimal?> Of)[] lines = [("p50", "median", s => s.Median), ("p95", "p95", s => s.Percentile95), ("p99", "p99", s => s.Percentile99)];
        List<(string Class, string Name, decimal Value)> levels =
        [
            ("target", "target: mean", LatencyHistogram.Milliseconds(suite.Targets.Mean)),
            ("target", "target: p95", LatencyHistogram.Milliseconds(suite.Targets.Percentile95)),
            .. before?.Figures.Times is { } times ? [("before", "mean before", times.Mean)] : Array.Empty<(string, string, decimal)>(),
        ];
        var all = samples.SelectMany(s => lines.Select(l => l.Of(s))).OfType<decimal>().Concat(levels.Select(l => l.Value)).Select(v => Math.Log10((double)Math.Max(v, Least))).ToList();
        var (low, high) = (Math.Floor(all.Min()), Math.Ceiling(all.Max() + 0.01));
        double Y(decimal value) => Middle - ((Math.Log10((double)Math.Max(value, Least)) - low) / (high - low) * (Middle - Top));

        for (var decade = (int)low; decade <= (int)high; decade++)
        {
            var value = (decimal)Math.Pow(10, decade);
            yield return Line("grid", Y(value));
            yield return Text(Left - 8, Y(value) + 4, "scale", LoadText.Time(value), "end");
        }

        foreach (var level in levels)
        {
            yield return Line(level.Class, Y(level.Value));
        }

        foreach (var line in lines)
        {
            yield return Curve(line.Class, samples.Select(s => (s.Second, line.Of(s))), x, Y);
        }

        var labels = lines.Select(l => (l.Name, Value: samples.Select(l.Of).Last(v => v is not null)!.Value)).Concat(levels.Select(l => (l.Name, l.Value)))
            .OrderByDescending(l => l.Value).Select(l => (Text: $"{l.Name} {LoadText.Time(l.Value)}", Y: Y(l.Value) + 4)).ToList();
        foreach (var label in Apart(labels))
        {
            yield return Text(Right + 8, label.Y, "name", label.Text);
        }
    }

    private static IEnumerable<XElement> Rates(IReadOnlyList<LoadSample> samples, LoadSettings load, Func<decimal, double> x)
    {
        var most = Math.Max(1, samples.Max(s => Math.Max(Math.Max(s.Rate, s.Failed), load.Rate)));
        double Y(decimal value) => Bottom - ((double)(value / most) * (Bottom - RateTop));
        yield return Line("grid", Bottom);
        yield return Line("grid", RateTop);
        yield return Text(Left - 8, RateTop + 4, "scale", LoadText.Text($"{most:#,0}/s"), "end");
        yield return Text(Left - 8, Bottom + 4, "scale", "0", "end");
        foreach (var sample in samples.Where(s => s.Failed > 0))
        {
            yield return new XElement(Svg + "rect", new XAttribute("class", "failed"), At("x", x(sample.Second) - 2), At("y", Y(sample.Failed)), At("width", 4), At("height", Bottom - Y(sample.Failed)));
        }

        if (load.Rate > 0)
        {
            yield return Line("before", Y(load.Rate));
        }

        yield return Curve("rate", samples.Select(s => (s.Second, (decimal?)s.Rate)), x, Y);
        yield return Text(Right + 8, RateTop + 12, "name", "succeeded a second");
        yield return Text(Right + 8, RateTop + 12 + LabelHeight, "name", samples.Any(s => s.Failed > 0) ? "bars: failed" : "none failed");
        if (load.Rate > 0)
        {
            yield return Text(Right + 8, RateTop + 12 + (2 * LabelHeight), "name", LoadText.Text($"dotted: begun, {load.Rate:#,0}"));
        }
    }

    /// <summary>Labels, from the highest: none lies on another, and none below the panel.</summary>
    private static List<(string Text, double Y)> Apart(List<(string Text, double Y)> labels)
    {
        for (var i = 1; i < labels.Count; i++)
        {
            labels[i] = labels[i] with { Y = Math.Max(labels[i].Y, labels[i - 1].Y + LabelHeight) };
        }

        var lowest = Middle + 4;
        for (var i = labels.Count - 1; i >= 0; i--, lowest -= LabelHeight)
        {
            labels[i] = labels[i] with { Y = Math.Min(labels[i].Y, lowest) };
        }

        return labels;
    }

    private static XElement Curve(string style, IEnumerable<(decimal Second, decimal? Value)> points, Func<decimal, double> x, Func<decimal, double> y)
    {
        var (path, pen) = ("", "M");
        foreach (var (second, value) in points)
        {
            path += value is { } known ? LoadText.Text($"{pen}{x(second):0.#} {y(known):0.#} ") : "";
            pen = value is null ? "M" : "L";
        }

        return new XElement(Svg + "path", new XAttribute("class", style), new XAttribute("d", path.TrimEnd()));
    }

    private static XElement Line(string style, double y) => new(Svg + "line", new XAttribute("class", style), At("x1", Left), At("x2", Right), At("y1", y), At("y2", y));

    private static XElement Text(double x, double y, string style, string text, string anchor = "start") =>
        new(Svg + "text", At("x", x), At("y", y), new XAttribute("class", style), new XAttribute("text-anchor", anchor), text);

    private static XAttribute At(string name, double value) => new(name, value.ToString("0.#", CultureInfo.InvariantCulture));
}
