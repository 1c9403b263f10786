using System.Diagnostics;
using Pipeline.Outcomes;

namespace Pipeline.Checks.Tools;

/// <summary>The time that a check's tools have together; it runs from here on.</summary>
internal sealed class Budget(TimeSpan total)
{
    private readonly Stopwatch _used = Stopwatch.StartNew();

    /// <summary>What is left of it, never less than nothing.</summary>
    public TimeSpan Left => _used.Elapsed < total ? total - _used.Elapsed : TimeSpan.Zero;

    /// <summary>The part of something that was stopped: what it had found by then counts for nothing.</summary>
    public CheckPart Stopped(string name) => new(name, Verdict.Failed, $"stopped: the budget of {Reporting.Durations.Text(total)} is used up");

    /// <summary>Work that is stopped when the time is up.</summary>
    public async Task<CheckPart> Within(string name, Func<CancellationToken, Task<CheckPart>> work, CancellationToken cancel)
    {
        using var time = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        time.CancelAfter(Left);
        try
        {
            return await work(time.Token).ConfigureAwait(false);
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            return Stopped(name);
        }
    }
}
