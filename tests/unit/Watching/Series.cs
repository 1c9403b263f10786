using Pipeline.Configuration;
using Pipeline.Watching;

namespace Pipeline.Tests.Watching;

/// <summary>Settings and points as the tests write them.</summary>
internal static class Series
{
    public static readonly DateTimeOffset Start = new(2026, 11, 23, 10, 0, 0, TimeSpan.Zero);
    public static readonly TimeSpan Minute = TimeSpan.FromMinutes(1);

    public static WatchSettings Settings { get; } = new(TimeSpan.FromHours(24), Minute, 10, TimeSpan.FromMinutes(15), RollsBack: true)
    {
        ErrorRate = new(5, 5),
        ResponseTime = new(2, 10),
        Cpu = new(80, 15),
        Memory = new(80, 15),
    };

    public static ServiceWatch Service { get; } = ServiceWatch.Begin(new MeasuredService("api", "shop-prod", "api") { TargetGroups = [new("targetgroup/api/1", "app/front/1")] }, Start);

    public static DateTimeOffset At(int point) => Start + point * Minute;

    /// <summary>A point of 1,000 requests, quick and at rest, unless it is said otherwise.</summary>
    public static MeasuredPoint Point(int at, double? errors = null, double? requests = 1000, double seconds = 0.1, double cpu = 20, double memory = 30) => new(At(at))
    {
        Requests = requests, Errors = errors, Responses = requests, ResponseSeconds = requests * seconds, Cpu = cpu, Memory = memory,
    };

    /// <summary>One point after the other; <c>null</c> leaves one out.</summary>
    public static Judgement Judge(params IReadOnlyList<MeasuredPoint?> points) => TriggerEngine.Judge(Service, [.. points.OfType<MeasuredPoint>()], At(points.Count), Settings, []);

    /// <summary>Error rates in percent, a point each; <c>null</c> leaves the point out.</summary>
    public static Judgement Errors(params IReadOnlyList<double?> percents) => Judge([.. percents.Select((percent, i) => percent is { } p ? Point(i, errors: p * 10) : null)]);

    public static TriggerRun Run(this Judgement judgement, Trigger trigger) => judgement.After.Runs.Single(r => r.Trigger == trigger);
}
