using System.Diagnostics;
using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline;

/// <summary>Waiting for something out there, with a deadline.</summary>
public static class Polling
{
    /// <summary>Looks until what is seen is good, at most for a deadline: then what was seen last is the answer.</summary>
    /// <param name="look">answers whether it is good, and what was seen</param>
    /// <param name="interval">between two looks, see <see cref="Pace"/></param>
    /// <exception cref="TimeoutException">twice the deadline has passed without any answer</exception>
    public static Task<T> Within<T>(Func<Task<(bool Good, T Seen)>> look, TimeSpan interval, TimeSpan deadline, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        return Until(async () =>
        {
            var (good, seen) = await look().ConfigureAwait(false);
            return (good || watch.Elapsed > deadline, seen);
        }, interval, deadline * 2, () => new TimeoutException(), cancel);
    }

    /// <summary>Looks again and again until the look says that it is over. A look that fails only in passing is no news: it is taken again.</summary>
    /// <param name="look">answers whether it is over, and what was seen</param>
    /// <param name="interval">between two looks, see <see cref="Pace"/></param>
    /// <param name="deadline">longest time</param>
    /// <param name="late">what to throw when the deadline has passed</param>
    public static async Task<T> Until<T>(Func<Task<(bool Over, T Seen)>> look, TimeSpan interval, TimeSpan deadline, Func<Exception> late, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        var pace = new Pace(interval);
        while (true)
        {
            PipelineException? lost = null;
            try
            {
                var (over, seen) = await look().ConfigureAwait(false);
                if (over)
                {
                    return seen;
                }
            }
            catch (PipelineException e) when (Passing.Is(e))
            {
                lost = e;
            }

            if (watch.Elapsed > deadline)
            {
                throw late();
            }

            await (lost is null ? pace.Next(cancel) : pace.After(lost, cancel)).ConfigureAwait(false);
        }
    }
}
