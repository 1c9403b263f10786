using System.Globalization;
using System.Xml.Linq;
using Pipeline.Checks.Load;
using Pipeline.Configuration;

namespace Pipeline.Tests.Checks.Load;

/// <summary>The plot: everything inside its frame, names that do not lie on each other.</summary>
public sealed class LoadPlotTests
{
    private static readonly SuiteSettings Suite = new("speed", SuiteKind.Performance, "", TimeSpan.FromMinutes(1)) { Load = new LoadSettings("api", 100, 50, TimeSpan.FromSeconds(30), TimeSpan.Zero) };

    [Test]
    public void Lines_targets_and_the_release_before_are_drawn_and_named()
    {
        var plot = Draw([.. Enumerable.Range(0, 60).Select(i => new LoadSample((i * 0.5m) + 0.25m, 100, i == 40 ? 20 : 0, i == 30 ? null : 8 + (i % 5), 30 + (i % 7), i == 40 ? 900 : 60))])!;
        var labels = plot.Elements().Where(e => (string?)e.Attribute("class") == "name").ToList();
        var upper = labels.Select(l => double.Parse((string)l.Attribute("y")!, CultureInfo.InvariantCulture)).Where(y => y < 320).Order().ToList();

        Assert.Multiple(() =>
        {
            Assert.That(labels.Select(l => l.Value), Is.SupersetOf(new[] { "target: mean 2 s", "target: p95 5 s", "mean before 12 ms", "p99 60 ms", "bars: failed" }));
            Assert.That(upper.Zip(upper.Skip(1), (one, next) => next - one), Is.All.GreaterThanOrEqualTo(14.9));
            Assert.That(plot.Descendants().Attributes().Where(a => a.Name == "y" || a.Name == "y1").Select(a => double.Parse(a.Value, CultureInfo.InvariantCulture)), Is.All.InRange(0, 440));
            Assert.That(plot.ToString(), Does.Contain("prefers-color-scheme: dark").And.Contain("&lt;shop&gt;"));
        });
    }

    [Test]
    public void Without_two_moments_there_is_no_plot() => Assert.That((Draw([]), Draw([new LoadSample(0, 1, 0, 1, 1, 1)])), Is.EqualTo(((XElement?)null, (XElement?)null)));

    private static XElement? Draw(IReadOnlyList<LoadSample> samples)
    {
        var figures = new LoadFigures("speed", "staging", "load") { Requests = 3000, Succeeded = 2999, Rate = 99.9m, Times = new ResponseTimes(3000, 12, 10, 33, 60, 900) };
        return LoadPlot.Draw("speed <shop>, staging", new LoadMeasurement(3000, 2999, figures.Times, 99.9m) { Samples = samples }, figures, Suite, new EarlierFigures("staging-1", figures));
    }
}
