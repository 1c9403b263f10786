namespace Pipeline.LocalCloud.LoadBalancing;

internal enum TargetState
{
    Initial,
    Healthy,
    Unhealthy,
    Draining,
}

/// <summary>A registered target while the cloud runs: its health, and the requests it is answering.</summary>
internal sealed class Target(TargetAddress address, DateTimeOffset registered)
{
    private readonly Lock _lock = new();
    private readonly TaskCompletionSource _idle = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private int _requests;

    public TargetAddress Address { get; } = address;

    public string Url { get; } = $"http://{address.Host}:{address.Port}";

    public DateTimeOffset Registered { get; } = registered;

    public TargetState State { get; private set; } = TargetState.Initial;

    /// <summary>Why it is not healthy, in the words of the public API.</summary>
    public string? Reason { get; private set; } = "Elb.RegistrationInProgress";

    public string? Description { get; private set; } = "Target registration is in progress";

    /// <summary>Whether anything ever accepted a connection: a process that is still starting refuses them.</summary>
    public bool Answered { get; set; }

    /// <summary>Ends when a draining target has finished its last request.</summary>
    public Task Idle => _idle.Task;

    /// <summary>Takes one more request; <c>false</c> once it drains. Together with <see cref="Drain"/> under one lock, so that no request slips in behind the drain.</summary>
    public bool TryBegin()
    {
        lock (_lock)
        {
            if (State == TargetState.Draining)
            {
                return false;
            }

            _requests++;
            return true;
        }
    }

    public void End()
    {
        lock (_lock)
        {
            if (--_requests == 0 && State == TargetState.Draining)
            {
                _idle.TrySetResult();
            }
        }
    }

    public void Drain()
    {
        lock (_lock)
        {
            State = TargetState.Draining;
            Reason = "Target.DeregistrationInProgress";
            Description = "Target deregistration is in progress";
            if (_requests == 0)
            {
                _idle.TrySetResult();
            }
        }
    }

    public void Observe(TargetState state, string? reason, string? description)
    {
        lock (_lock)
        {
            if (State != TargetState.Draining)
            {
                (State, Reason, Description) = (state, reason, description);
            }
        }
    }
}
