namespace Pipeline.Watching;

/// <summary>How one trigger of one service stands after the points judged so far.</summary>
/// <param name="Trigger">which</param>
public sealed record TriggerRun(Trigger Trigger)
{
    /// <summary>Breaches in a row.</summary>
    public int Length { get; init; }

    /// <summary>When the run began: the start of its first breach; <c>null</c>: there is none.</summary>
    public DateTimeOffset? Since { get; init; }

    /// <summary>The last value measured, percent or seconds.</summary>
    public double? Last { get; init; }

    /// <summary>The start of the first point without a value since the last one with; <c>null</c>: the last point had one.</summary>
    public DateTimeOffset? BlindSince { get; init; }

    /// <summary>Points that had a value.</summary>
    public int Measured { get; init; }

    /// <summary>The run has fired; a healthy point ends that.</summary>
    public bool Fired { get; init; }

    /// <summary>This run one point later.</summary>
    /// <param name="start">of the point</param>
    /// <param name="needed">breaches in a row that fire</param>
    public TriggerRun Next(Reading reading, DateTimeOffset start, int needed) => reading.Kind switch
    {
        ReadingKind.Breach => this with
        {
            Length = Length + 1, Since = Since ?? start, Last = reading.Value, BlindSince = null, Measured = Measured + 1, Fired = Fired || Length + 1 >= needed,
        },
        ReadingKind.Healthy => new TriggerRun(Trigger) { Last = reading.Value, Measured = Measured + 1 },
        ReadingKind.Marked => this,
        _ => this with { BlindSince = BlindSince ?? start },
    };
}
