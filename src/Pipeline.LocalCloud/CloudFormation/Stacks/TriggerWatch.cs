namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>Watches an operation's rollback triggers from its beginning; an alarm cancels what is under way.</summary>
internal sealed class TriggerWatch : IAsyncDisposable
{
    private static readonly TimeSpan Poll = TimeSpan.FromMilliseconds(100);
    private readonly RollbackConfiguration _configuration;
    private readonly EngineParts _parts;
    private readonly CancellationTokenSource _over = new();
    private readonly Task _watching;

    /// <param name="operation">cancelled by the first alarm</param>
    public TriggerWatch(RollbackConfiguration configuration, EngineParts parts, CancellationTokenSource operation)
    {
        _configuration = configuration;
        _parts = parts;
        _watching = configuration.Triggers.Count == 0 ? Task.CompletedTask : Watch(operation);
    }

    /// <summary>Why the operation must be undone; <c>null</c> while no alarm went off.</summary>
    public string? Alarm { get; private set; }

    /// <summary>Stays for the configured minutes after the resources are made, or until something ends the operation.</summary>
    public async Task WatchOn(CancellationToken cancel)
    {
        if (_configuration.Triggers.Count > 0)
        {
            await Task.Delay(TimeSpan.FromMinutes(_configuration.MonitoringMinutes) / _parts.TimeScale, _parts.Time, cancel).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            Alarm ??= Off();
        }
    }

    public async ValueTask DisposeAsync()
    {
        await _over.CancelAsync();
        await _watching;
        _over.Dispose();
    }

    private async Task Watch(CancellationTokenSource operation)
    {
        while (!_over.IsCancellationRequested)
        {
            if (Off() is { } reason)
            {
                Alarm = reason;
                await operation.CancelAsync();
                return;
            }

            await Task.Delay(Poll, _parts.Time, _over.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
    }

    private string? Off()
    {
        var states = _configuration.Triggers.ToLookup(trigger => _parts.Outside.AlarmState(trigger.Arn), trigger => trigger.Arn);
        return states[null].Any() ? $"The following rollback triggers do not exist: [{string.Join(", ", states[null])}]."
            : states["ALARM"].Any() ? $"The following rollback triggers are in ALARM state: [{string.Join(", ", states["ALARM"])}]."
            : null;
    }
}
