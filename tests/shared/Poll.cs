using System.Diagnostics;

namespace Pipeline.Tests;

/// <summary>Waits for a condition, with a deadline.</summary>
internal static class Poll
{
    private static readonly TimeSpan Deadline = TimeSpan.FromSeconds(60);

    public static async Task Until(Func<Task<bool>> condition, string what)
    {
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        var watch = Stopwatch.StartNew();
        while (!await condition())
        {
            Assert.That(watch.Elapsed, Is.LessThan(Deadline), $"in time: {what}");
            await timer.WaitForNextTickAsync();
        }
    }
}
