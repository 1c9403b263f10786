using System.Globalization;
using Pipeline.Configuration;
using Pipeline.Reporting;

namespace Pipeline.Watching;

/// <summary>Triggers and their values as people read them.</summary>
internal static class WatchWords
{
    public static string Name(Trigger trigger) => trigger switch
    {
        Trigger.ErrorRate => "error rate",
        Trigger.ResponseTime => "response time",
        Trigger.Cpu => "CPU",
        Trigger.Memory => "memory",
        _ => "deployment",
    };

    public static string Value(Trigger trigger, double? value) => value is not { } number ? "–"
        : trigger == Trigger.ResponseTime ? string.Create(CultureInfo.InvariantCulture, $"{number:0.###} s")
        : string.Create(CultureInfo.InvariantCulture, $"{number:0.0#} %");

    public static string Fired(Trigger trigger, TriggerRun run, TriggerSettings limit) =>
        $"{Name(trigger)} {Value(trigger, run.Last)}, above {Value(trigger, limit.Above)} for {Words.Count(run.Length, "point")} in a row";

    public static string End(WatchEnd end) => end switch
    {
        WatchEnd.Healthy => "healthy",
        WatchEnd.Superseded => "superseded",
        WatchEnd.RolledBack => "rolled back",
        WatchEnd.RollbackFailed => "ROLLBACK FAILED",
        WatchEnd.Blind => "blind",
        _ => "breached",
    };

    public static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("HH:mm:ss", CultureInfo.InvariantCulture);
}
