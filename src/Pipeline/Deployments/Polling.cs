using System.Diagnostics;

namespace Pipeline.Deployments;

/// <summary>Waiting for something out there, with a deadline.</summary>
public static class Polling
{
    /// <summary>Looks again and again until the look says that it is over.</summary>
    /// <param name="look">answers whether it is over, and what was seen</param>
    /// <param name="interval">between two looks</param>
    /// <param name="deadline">longest time</param>
    /// <param name="late">what to throw when the deadline has passed</param>
    public static async Task<T> Until<T>(Func<Task<(bool Over, T Seen)>> look, TimeSpan interval, TimeSpan deadline, Func<Exception> late, CancellationToken cancel)
    {
        var watch = Stopwatch.StartNew();
        while (true)
        {
            var (over, seen) = await look().ConfigureAwait(false);
            if (over)
            {
                return seen;
            }

            if (watch.Elapsed > deadline)
            {
                throw late();
            }

            await Task.Delay(interval, cancel).ConfigureAwait(false);
        }
    }
}
