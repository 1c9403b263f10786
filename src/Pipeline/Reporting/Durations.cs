using System.Globalization;

namespace Pipeline.Reporting;

/// <summary>Times as people read them.</summary>
public static class Durations
{
    /// <summary><c>3.1 s</c>, <c>38 s</c>, <c>4 min 05 s</c>.</summary>
    public static string Text(TimeSpan time) => time switch
    {
        { TotalSeconds: < 10 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0.0} s"),
        { TotalMinutes: < 1.5 } => string.Create(CultureInfo.InvariantCulture, $"{time.TotalSeconds:0} s"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{(int)time.TotalMinutes} min {time.Seconds:00} s"),
    };

    /// <summary>How long ago: <c>12 s</c>, <c>4 min</c>, <c>2 h</c>, <c>6 d</c>.</summary>
    public static string Age(TimeSpan time) => time switch
    {
        { TotalMinutes: < 1 } => $"{(int)time.TotalSeconds} s",
        { TotalHours: < 1 } => $"{(int)time.TotalMinutes} min",
        { TotalDays: < 1 } => $"{(int)time.TotalHours} h",
        _ => $"{(int)time.TotalDays} d",
    };
}
