namespace StandIns.Generator;

/// <summary>How the official packages name things; each rule was checked against them.</summary>
internal static class Naming
{
    /// <summary>Members the official package declares as a time though the model says a number of milliseconds.</summary>
    private static readonly HashSet<string> TimesInMilliseconds = new(StringComparer.Ordinal)
    {
        "CloudWatchLogs.InputLogEvent.timestamp",
        "CloudWatchLogs.OutputLogEvent.timestamp",
        "CloudWatchLogs.OutputLogEvent.ingestionTime",
        "CloudWatchLogs.GetLogEventsRequest.startTime",
        "CloudWatchLogs.GetLogEventsRequest.endTime",
        "CloudWatchLogs.LogGroup.creationTime",
        "CloudWatchLogs.LogStream.creationTime",
        "CloudWatchLogs.LogStream.firstEventTimestamp",
        "CloudWatchLogs.LogStream.lastEventTimestamp",
        "CloudWatchLogs.LogStream.lastIngestionTime",
        "CloudWatchLogs.MetricFilter.creationTime",
    };

    public static string Property(string member) => char.ToUpperInvariant(member[0]) + member[1..];

    /// <summary>"Intelligent-Tiering" → IntelligentTiering, "awsvpc" → Awsvpc, "IN_PROGRESS" stays.</summary>
    public static string EnumerationField(string value)
    {
        var name = string.Concat(value.Where(c => char.IsAsciiLetterOrDigit(c) || c == '_'));
        return name.Length == 0 ? "Empty" : char.IsAsciiDigit(name[0]) ? "_" + name : Property(name);
    }

    /// <summary>"DBInstanceNotFoundFault" and "ParameterNotFound" both end in Exception, once.</summary>
    public static string Exception(string shape)
    {
        var stem = shape.EndsWith("Exception", StringComparison.Ordinal) ? shape[..^9] : shape.EndsWith("Fault", StringComparison.Ordinal) ? shape[..^5] : shape;
        return Property(stem) + "Exception";
    }

    public static bool IsTimeInMilliseconds(string service, string type, string member) => TimesInMilliseconds.Contains($"{service}.{type}.{member}");
}
