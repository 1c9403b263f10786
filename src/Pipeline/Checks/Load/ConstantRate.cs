using System.Diagnostics;

namespace Pipeline.Checks.Load;

/// <summary>One thing that is due.</summary>
/// <param name="Number">from 0</param>
/// <param name="At">since the beginning</param>
/// <param name="Awaited">somebody was free and waited for it; else everybody was busy when its time came</param>
internal readonly record struct Due(long Number, TimeSpan At, bool Awaited);

/// <summary>Does things at a constant rate: number n is due at n/rate, whatever became of the ones before.</summary>
/// <param name="perSecond">the rate</param>
/// <param name="users">how many are done at once; what is due while all are busy is done late, in order</param>
internal sealed class ConstantRate(int perSecond, int users)
{
    private readonly Stopwatch _watch = new();

    /// <summary>Since it began.</summary>
    public TimeSpan Elapsed => _watch.Elapsed;

    /// <param name="count">so many things, then it ends</param>
    /// <param name="one">does one of them</param>
    public Task Run(long count, Func<Due, Task> one, CancellationToken cancel)
    {
        _watch.Start();
        var next = -1L;
        return Task.WhenAll(Enumerable.Range(0, (int)Math.Min(users, count)).Select(_ => Task.Run(User, cancel)));

        async Task User()
        {
            while (Interlocked.Increment(ref next) is var number && number < count)
            {
                cancel.ThrowIfCancellationRequested();
                var at = TimeSpan.FromTicks(number * TimeSpan.TicksPerSecond / perSecond);
                var early = at - Elapsed;
                // Timers have milliseconds: what is less is no wait.
                if (early >= TimeSpan.FromMilliseconds(1))
                {
                    await Task.Delay(TimeSpan.FromMilliseconds(Math.Floor(early.TotalMilliseconds)), cancel).ConfigureAwait(false);
                }

                await one(new Due(number, at, early > TimeSpan.Zero)).ConfigureAwait(false);
            }
        }
    }
}
