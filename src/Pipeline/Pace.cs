using Pipeline.Aws;
using Pipeline.Outcomes;

namespace Pipeline;

/// <summary>The pauses between two looks: about an interval, never in step with other clients; longer only while AWS says that it is asked too often.</summary>
/// <param name="interval">half of it to one and a half are waited</param>
public sealed class Pace(TimeSpan interval)
{
    private const int MostDoublings = 4;
    private int _doublings;

    /// <summary>Pauses after an answer.</summary>
    public Task Next(CancellationToken cancel)
    {
        _doublings = 0;
        return Pause(cancel);
    }

    /// <summary>Pauses after a failure that <see cref="Passing"/> tolerates.</summary>
    public Task After(PipelineException failure, CancellationToken cancel)
    {
        _doublings = Passing.IsThrottled(failure) ? Math.Min(_doublings + 1, MostDoublings) : _doublings;
        return Pause(cancel);
    }

    private Task Pause(CancellationToken cancel) => Task.Delay(interval * (0.5 + Random.Shared.NextDouble()) * (1 << _doublings), cancel);
}
