namespace Pipeline.LocalCloud.Metrics;

/// <summary>How an alarm decides: M of the last N periods, and what counts for a period without data.</summary>
internal static class AlarmRule
{
    public const int BeyondPeriods = 2;

    /// <summary>The state that the periods call for; <c>null</c> keeps the one it has.</summary>
    /// <param name="points">of the evaluation range (the alarm's periods and <see cref="BeyondPeriods"/> before them), oldest first; <c>null</c> where there is no data</param>
    public static string? Decide(Alarm alarm, IReadOnlyList<double?> points)
    {
        var toAlarm = alarm.DatapointsToAlarm ?? alarm.EvaluationPeriods;
        // The newest real points count, also from before the alarm's own periods: missing ones are filled only when those do not suffice.
        var real = points.Where(point => point is not null).Select(point => Breaches(alarm, point!.Value)).TakeLast(alarm.EvaluationPeriods).ToList();
        var breaching = real.Count(breach => breach);
        var filled = alarm.EvaluationPeriods - real.Count;
        if (breaching >= toAlarm)
        {
            return AlarmState.Alarm;
        }

        if (filled == 0)
        {
            return AlarmState.Ok;
        }

        return alarm.TreatMissingData switch
        {
            "breaching" => breaching + filled >= toAlarm ? AlarmState.Alarm : AlarmState.Ok,
            "notBreaching" => AlarmState.Ok,
            "ignore" => breaching < real.Count ? AlarmState.Ok : null,
            _ => real.Count == 0 ? AlarmState.InsufficientData : breaching == real.Count ? AlarmState.Alarm : AlarmState.Ok,
        };
    }

    public static bool Breaches(Alarm alarm, double value) => alarm.Comparison switch
    {
        "GreaterThanThreshold" => value > alarm.Threshold,
        "GreaterThanOrEqualToThreshold" => value >= alarm.Threshold,
        "LessThanThreshold" => value < alarm.Threshold,
        _ => value <= alarm.Threshold,
    };

    public static string Words(string comparison) => comparison switch
    {
        "GreaterThanThreshold" => "greater than",
        "GreaterThanOrEqualToThreshold" => "greater than or equal to",
        "LessThanThreshold" => "less than",
        _ => "less than or equal to",
    };
}
