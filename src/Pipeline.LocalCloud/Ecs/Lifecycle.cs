using System.Text.Json.Serialization;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The stages of a deployment that shifts traffic, in their order; names of the public enum ServiceDeploymentLifecycleStage.</summary>
internal static class LifecycleStage
{
    public const string Reconcile = "RECONCILE_SERVICE";
    public const string PreScaleUp = "PRE_SCALE_UP";
    public const string ScaleUp = "SCALE_UP";
    public const string PostScaleUp = "POST_SCALE_UP";
    public const string TestShift = "TEST_TRAFFIC_SHIFT";
    public const string PostTestShift = "POST_TEST_TRAFFIC_SHIFT";
    public const string ProductionShift = "PRODUCTION_TRAFFIC_SHIFT";
    public const string PostProductionShift = "POST_PRODUCTION_TRAFFIC_SHIFT";
    public const string Bake = "BAKE_TIME";
    public const string CleanUp = "CLEAN_UP";

    /// <summary>Hooks can be set here, before each step of the production shift; it is never told as the current stage.</summary>
    public const string PreProductionShift = "PRE_PRODUCTION_TRAFFIC_SHIFT";

    public static readonly IReadOnlyList<string> All = [Reconcile, PreScaleUp, ScaleUp, PostScaleUp, TestShift, PostTestShift, ProductionShift, PostProductionShift, Bake, CleanUp];

    public static readonly IReadOnlyList<string> Hookable = [Reconcile, PreScaleUp, PostScaleUp, TestShift, PostTestShift, PreProductionShift, ProductionShift, PostProductionShift];

    public static string After(string stage) => All[Position(stage) + 1];

    public static bool HasReached(this LifecycleRecord lifecycle, string stage) => Position(lifecycle.Stage) >= Position(stage);

    private static int Position(string stage) => All.ToList().IndexOf(stage);
}

/// <summary>How far a deployment has come that shifts traffic. What it says is what the listener rules are made to say.</summary>
/// <param name="Stage">of <see cref="LifecycleStage.All"/></param>
/// <param name="Since">when the stage was entered</param>
/// <param name="Blue">the revision that served when the deployment began and that a rollback goes back to; <c>null</c>: nothing served</param>
internal sealed record LifecycleRecord(string Stage, DateTimeOffset Since, string? Blue)
{
    /// <summary>How many steps production traffic has made.</summary>
    public int Step { get; init; }

    public DateTimeOffset StepSince { get; init; }

    /// <summary>Percent of production traffic on the target revision.</summary>
    public double Production { get; init; }

    /// <summary>Percent of test traffic on the target revision.</summary>
    public double Test { get; init; }

    /// <summary>In the order in which they were reached.</summary>
    public IReadOnlyList<HookRecord> Hooks { get; init; } = [];

    /// <summary>Whether nothing goes to the target revision any more.</summary>
    [JsonIgnore]
    public bool IsReturned => Production == 0 && Test == 0;
}

/// <summary>A pause that the deployment has come to.</summary>
/// <param name="Stage">of <see cref="LifecycleStage.Hookable"/></param>
/// <param name="Step">of the production shift that it comes before; 0 elsewhere</param>
/// <param name="Status">AWAITING_ACTION, SUCCEEDED, FAILED, TIMED_OUT</param>
/// <param name="TimeoutAction">CONTINUE or ROLLBACK</param>
internal sealed record HookRecord(string Id, string Stage, int Step, string Status, DateTimeOffset ExpiresAt, string TimeoutAction);
