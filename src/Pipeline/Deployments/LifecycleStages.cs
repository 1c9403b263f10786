namespace Pipeline.Deployments;

/// <summary>
/// The stages that ECS reports of a service deployment, in their order (public service model of ECS). Looks may miss stages, and ECS
/// may learn new ones: what counts is the position, and a stage that is not known has none.
/// </summary>
public static class LifecycleStages
{
    private static readonly string[] Ordered =
    [
        "RECONCILE_SERVICE", "PRE_SCALE_UP", "SCALE_UP", "POST_SCALE_UP", "TEST_TRAFFIC_SHIFT", "POST_TEST_TRAFFIC_SHIFT",
        "PRODUCTION_TRAFFIC_SHIFT", "POST_PRODUCTION_TRAFFIC_SHIFT", "BAKE_TIME", "CLEAN_UP",
    ];

    /// <summary>How many there are.</summary>
    public static int Count => Ordered.Length;

    /// <summary>A stage's place, 1 is the first; <c>null</c>: ECS did not say, or it is one that we do not know.</summary>
    public static int? Position(string? stage) => Array.IndexOf(Ordered, stage) is var at and >= 0 ? at + 1 : null;

    /// <summary>Whether a deployment is in a stage or beyond it. One in an unknown stage has reached nothing for sure.</summary>
    /// <param name="stage">where it is</param>
    /// <param name="wanted">a known stage</param>
    public static bool HasReached(string? stage, string wanted) => Position(stage) >= Position(wanted);
}
