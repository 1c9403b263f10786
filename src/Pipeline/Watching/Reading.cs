using System.Globalization;
using Pipeline.Configuration;

namespace Pipeline.Watching;

/// <summary>What makes a release go back.</summary>
public enum Trigger
{
    /// <summary>Percent of the requests that were answered 5xx.</summary>
    ErrorRate,

    /// <summary>Mean response time in seconds, weighted by requests.</summary>
    ResponseTime,

    /// <summary>Percent of the CPU.</summary>
    Cpu,

    /// <summary>Percent of the memory.</summary>
    Memory,

    /// <summary>A deployment of the service failed: fires at once.</summary>
    Deployment,
}

/// <summary>What a point says about a trigger.</summary>
public enum ReadingKind
{
    /// <summary>Measured, and not above the limit: a run of breaches is over.</summary>
    Healthy,

    /// <summary>Measured, and above the limit.</summary>
    Breach,

    /// <summary>Not measured: neither counts nor resets.</summary>
    Missing,

    /// <summary>Measured, but no number that means anything: as missing, and the raw value is kept.</summary>
    Inconclusive,

    /// <summary>In an interval that says nothing about the release, such as while our own snapshot slows the database: as if the point were not there.</summary>
    Marked,
}

/// <summary>One point as one trigger reads it.</summary>
/// <param name="Value">percent or seconds; <c>null</c>: none</param>
/// <param name="Raw">of an inconclusive one: what was measured</param>
public sealed record Reading(ReadingKind Kind, double? Value = null, string? Raw = null)
{
    private static readonly Reading Missing = new(ReadingKind.Missing);

    /// <summary>Reads a point. Strictly more than the limit is a breach; no errors among requests are 0 %; no requests are no data.</summary>
    public static Reading Of(Trigger trigger, MeasuredPoint point, WatchSettings settings) => trigger switch
    {
        Trigger.ErrorRate => Rate(point, settings),
        Trigger.ResponseTime => Mean(point, settings),
        Trigger.Cpu => Share(point.Cpu, settings.Cpu.Above),
        _ => Share(point.Memory, settings.Memory.Above),
    };

    private static Reading Rate(MeasuredPoint point, WatchSettings settings)
    {
        var raw = Text($"{point.Errors} errors of {point.Requests} requests");
        return IsOdd(point.Requests) || IsOdd(point.Errors) || (point.Errors > 0 && point.Requests is null or 0) ? new(ReadingKind.Inconclusive, null, raw)
            : !Enough(point.Requests, settings) ? Missing
            : Compare(100 * (point.Errors ?? 0) / point.Requests!.Value, settings.ErrorRate.Above);
    }

    private static Reading Mean(MeasuredPoint point, WatchSettings settings)
    {
        var raw = Text($"{point.ResponseSeconds} s of {point.Responses} answers");
        return IsOdd(point.ResponseSeconds) || IsOdd(point.Responses) || IsOdd(point.Requests) || (point.ResponseSeconds > 0 && point.Responses is null or 0) ? new(ReadingKind.Inconclusive, null, raw)
            : point.ResponseSeconds is null || point.Responses is null or 0 || !Enough(point.Requests, settings) ? Missing
            : Compare(point.ResponseSeconds.Value / point.Responses.Value, settings.ResponseTime.Above);
    }

    private static Reading Share(double? percent, double above) =>
        percent is not { } value ? Missing : IsOdd(value) ? new(ReadingKind.Inconclusive, null, Text($"{value} %")) : Compare(value, above);

    private static Reading Compare(double value, double above) => new(value > above ? ReadingKind.Breach : ReadingKind.Healthy, value);

    private static bool Enough(double? requests, WatchSettings settings) => requests >= Math.Max(1, settings.MinimumRequests);

    private static bool IsOdd(double? value) => value is { } number && (!double.IsFinite(number) || number < 0);

    private static string Text(FormattableString text) => text.ToString(CultureInfo.InvariantCulture);
}
