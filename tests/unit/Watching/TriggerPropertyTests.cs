using Pipeline.Configuration;
using Pipeline.Watching;
using static Pipeline.Tests.Watching.Series;

namespace Pipeline.Tests.Watching;

/// <summary>Random series, each by its seed: the engine and the slow reference agree, in whatever pieces the points come.</summary>
public sealed class TriggerPropertyTests
{
    private static readonly WatchSettings Short = Settings with { ErrorRate = new(5, 3), ResponseTime = new(2, 4), Cpu = new(80, 5), Memory = new(80, 5) };

    [Test]
    public void The_engine_fires_where_the_definition_says([Range(1, 400)] int seed)
    {
        var random = new Random(seed);
        var (points, marked, count) = (new List<MeasuredPoint>(), new List<MarkedInterval>(), random.Next(1, 80));
        for (var i = 0; i < count; i++)
        {
            if (random.NextDouble() < 0.9)
            {
                points.Add(Any(random, i));
            }
        }

        if (random.NextDouble() < 0.3)
        {
            var from = Start.AddSeconds(random.Next(0, 60 * count));
            marked.Add(new MarkedInterval(from, from.AddSeconds(random.Next(1, 400)), "snapshot"));
        }

        var expected = SlowReference.Fired(points, Start, Short, marked);
        var whole = TriggerEngine.Judge(Service, [.. points.OrderBy(_ => random.Next())], At(count), Short, marked);
        var (pieces, fired) = (Service, new List<Firing>());
        for (var end = 0; end < count;)
        {
            end = Math.Min(count, end + random.Next(1, 12));
            var judged = TriggerEngine.Judge(pieces, [.. points.Where(p => p.Start >= pieces.Watermark)], At(end), Short, marked);
            pieces = judged.After;
            fired.AddRange(judged.Fired);
        }

        Assert.That(whole.Fired.Select(f => (f.Trigger, f.To)), Is.EqualTo(expected), "all at once");
        Assert.That(fired.Select(f => (f.Trigger, f.To)), Is.EqualTo(expected), "piece by piece");
        Assert.That(pieces.Runs, Is.EqualTo(whole.After.Runs));
        Assert.That((pieces.Watermark, pieces.Blind, pieces.Odd), Is.EqualTo((whole.After.Watermark, whole.After.Blind, whole.After.Odd)).Using<(DateTimeOffset, IReadOnlyList<BlindInterval>, IReadOnlyList<OddValue>)>(
            (one, other) => one.Item1 == other.Item1 && one.Item2.SequenceEqual(other.Item2) && one.Item3.SequenceEqual(other.Item3)));
    }

    private static MeasuredPoint Any(Random random, int at) => new(At(at))
    {
        Requests = Value(random, 0.85, () => random.Next(5, 400)),
        Errors = Value(random, 0.7, () => random.Next(0, 30)),
        Responses = Value(random, 0.85, () => random.Next(0, 400)),
        ResponseSeconds = Value(random, 0.85, () => random.Next(0, 1600)),
        Cpu = Value(random, 0.8, () => random.Next(78, 90)),
        Memory = Value(random, 0.8, () => random.Next(79, 83)),
    };

    private static double? Value(Random random, double there, Func<double> usual) => random.NextDouble() switch
    {
        var chance when chance > there => null,
        < 0.01 => double.NaN,
        < 0.02 => -1,
        _ => usual(),
    };
}
