using Pipeline.Configuration;

namespace Pipeline.Watching;

/// <summary>Times in which nobody looked for so long that a trigger could have fired unseen.</summary>
internal static class WatchGaps
{
    /// <summary>The gaps after a look; one that touches the last is part of it.</summary>
    /// <param name="end">of the last complete point now</param>
    /// <param name="found">what the time says now that it was read back</param>
    public static IReadOnlyList<WatchGap> After(Watch watch, DateTimeOffset end, string found, WatchSettings settings, int kept)
    {
        var shortest = new[] { settings.ErrorRate, settings.ResponseTime, settings.Cpu, settings.Memory }.Min(t => t.Points) * settings.Point;
        return end - watch.Looked <= shortest ? watch.Gaps
            : watch.Gaps is [.., var last] && last.To == watch.Looked && last.Found == found ? [.. watch.Gaps.SkipLast(1), last with { To = end }]
            : [.. watch.Gaps.Append(new WatchGap(watch.Looked, end, found)).TakeLast(kept)];
    }
}
