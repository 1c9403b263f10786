namespace Pipeline.Deployments;

/// <summary>What is done about a rollout while it goes on.</summary>
/// <param name="Patience">one in which nothing at all has changed for this long is stopped, unless ECS holds it on purpose</param>
public sealed record RolloutCare(TimeSpan Patience)
{
    /// <summary>What is to run; <c>null</c>: nobody needs to know.</summary>
    public ServiceTarget? Target { get; init; }

    /// <summary>Answers its PAUSE hooks; <c>null</c>: they are left alone.</summary>
    public PauseHooks? Hooks { get; init; }

    /// <summary>Judges the new revision while it has production traffic: a reason to go back at once, or <c>null</c>.</summary>
    public Func<RolloutUnderWatch, CancellationToken, Task<string?>>? Judge { get; init; }

    /// <summary>Keeps what is to be seen of a rollout that goes back; <c>null</c>: nothing is kept.</summary>
    public RolloutEvidence? Evidence { get; init; }

    /// <summary>It brings an earlier version back: nothing is tried or judged again, and no hook is waited for.</summary>
    public bool GoesBack { get; init; }
}
