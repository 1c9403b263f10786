using System.Globalization;

namespace Pipeline.Configuration;

/// <summary>Makes the model of what guards an environment from its validated sections.</summary>
internal static class GateReader
{
    private static readonly string[] Days = ["sun", "mon", "tue", "wed", "thu", "fri", "sat"];

    public static GateSettings Read(string environment, SectionReader gates)
    {
        var careful = environment == ConfigurationReader.Production;
        var promotion = gates.Section("promotion");
        var approval = gates.Section("approval");
        var wait = gates.Section("wait");
        return new(Number(gates.Section("coverage").Text("minimum")), Unmeasured(gates.Section("security").Text("advisories")))
        {
            Lint = Unmeasured(gates.Section("lint").Text("unmeasured")),
            Security = Unmeasured(gates.Section("security").Text("unmeasured")),
            Integration = Unmeasured(gates.Section("integration").Text("unmeasured")),
            Performance = Unmeasured(gates.Section("performance").Text("unmeasured")),
            Promotion = (promotion.OptionalText("from") ?? (careful ? "staging" : null)) is { } from ? new(from, Duration(promotion, "soak", TimeSpan.Zero)) : null,
            Approval = new(Whole(approval.OptionalText("required") ?? (careful ? "1" : "0")), approval.Texts("approvers"), approval.Duration("expires")),
            Wait = new(Duration(wait, "timer", careful ? TimeSpan.FromMinutes(5) : TimeSpan.Zero), Enum.Parse<WaitFrom>(wait.Text("from"), ignoreCase: true)),
            Freezes = [.. gates.Sections("freeze").Select(f => new FreezeSettings(f.Text("name"), f.OptionalText("from"), f.OptionalText("until"), [.. f.Texts("days").Select(d => (DayOfWeek)Array.IndexOf(Days, d))], f.Text("zone")))],
            Health = (gates.OptionalText("health") ?? (careful ? "require" : "ignore")) == "require",
            LowTraffic = gates.OptionalSection("lowTraffic") is { } traffic ? Whole(traffic.Text("maximum")) : null,
        };
    }

    public static BackupSettings ReadBackup(string environment, SectionReader backup)
    {
        var careful = environment == ConfigurationReader.Production;
        return new((backup.OptionalText("database") ?? (careful ? "true" : "false")) == "true", Duration(backup, "keep", TimeSpan.FromDays(careful ? 30 : 7)), backup.Duration("deadline"));
    }

    public static WatchSettings? ReadWatch(string environment, SectionReader watch)
    {
        var duration = Duration(watch, "duration", environment == ConfigurationReader.Production ? TimeSpan.FromHours(24) : TimeSpan.Zero);
        return duration == TimeSpan.Zero ? null : new(duration, watch.Duration("point"), Whole(watch.Text("minimumRequests")), watch.Duration("blind"), watch.Text("rollback") == "automatic")
        {
            ErrorRate = Trigger(watch.Section("errorRate"), percent => (double)Number(percent)),
            ResponseTime = Trigger(watch.Section("responseTime"), duration => Values.ToDuration(duration)!.Value.TotalSeconds),
            Cpu = Trigger(watch.Section("cpu"), percent => (double)Number(percent)),
            Memory = Trigger(watch.Section("memory"), percent => (double)Number(percent)),
        };
    }

    private static TriggerSettings Trigger(SectionReader trigger, Func<string, double> bound) => new(bound(trigger.Text("above")), Whole(trigger.Text("points")));

    private static TimeSpan Duration(SectionReader section, string key, TimeSpan otherwise) => section.OptionalText(key) is not { } text ? otherwise : text == "none" ? TimeSpan.Zero : Values.ToDuration(text)!.Value;

    private static WhenNotEvaluable Unmeasured(string text) => Enum.Parse<WhenNotEvaluable>(text, ignoreCase: true);

    private static decimal Number(string text) => decimal.Parse(text, CultureInfo.InvariantCulture);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
