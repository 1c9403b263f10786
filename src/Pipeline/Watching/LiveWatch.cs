namespace Pipeline.Watching;

/// <summary>Looks again and again until there is nothing more to watch.</summary>
public static class LiveWatch
{
    private static readonly TimeSpan Shortest = TimeSpan.FromMilliseconds(250);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(15);

    /// <summary>Follows the watch to its end, or until nobody wants to look any more: the watch itself goes on then.</summary>
    /// <param name="point">length of a point; several looks a point, so that none waits for long</param>
    /// <param name="rollBack">see <see cref="Watcher.Tick"/></param>
    /// <param name="show">told of every look</param>
    /// <returns>the last look</returns>
    public static async Task<TickResult> Follow(Watcher watcher, TimeSpan point, Func<Incident, CancellationToken, Task<string>> rollBack, Action<TickResult> show, CancellationToken cancel)
    {
        var pace = point / 4 < Shortest ? Shortest : point / 4 > Longest ? Longest : point / 4;
        while (true)
        {
            var looked = await watcher.Tick(rollBack, cancel).ConfigureAwait(false);
            show(looked);
            if (looked.IsOver)
            {
                return looked;
            }

            try
            {
                await Task.Delay(pace, cancel).ConfigureAwait(false);
            }
            catch (OperationCanceledException)
            {
                return looked with { Text = $"{looked.Text} Nobody looks any more; the watch goes on with the next look." };
            }
        }
    }
}
