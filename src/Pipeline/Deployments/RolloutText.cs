using System.Globalization;
using Pipeline.Aws;

namespace Pipeline.Deployments;

/// <summary>How a rollout stands, in half a line for people.</summary>
internal static class RolloutText
{
    /// <summary>Looks come often: a countdown is told in such steps.</summary>
    private static readonly TimeSpan Step = TimeSpan.FromSeconds(10);

    /// <param name="baking">since when it bakes; <c>null</c>: it does not</param>
    public static string Of(ServiceState service, ServiceDeploymentState? deployment, TimeSpan? baking)
    {
        if (service.Rollouts is not [var newest, ..])
        {
            return "";
        }

        var stage = deployment?.LifecycleStage is { } at ? $"{at}{(LifecycleStages.Position(at) is { } position ? $" ({position} of {LifecycleStages.Count})" : "")}  " : "";
        return $"{stage}{newest.Running}/{newest.Desired} running{(newest.Failed > 0 ? $", {newest.Failed} failed" : "")}{Weight(deployment)}{Bake(deployment, baking)}";
    }

    private static string Weight(ServiceDeploymentState? deployment) => deployment switch
    {
        { Strategy: "ROLLING" } or null => "",
        { Target.ProductionWeight: { } percent } => string.Create(CultureInfo.InvariantCulture, $", {percent:0.#} % of the traffic"),
        _ => "",
    };

    private static string Bake(ServiceDeploymentState? deployment, TimeSpan? baking)
    {
        if (baking is not { } since || deployment is not { LifecycleStage: "BAKE_TIME", GoesBack: false })
        {
            return "";
        }

        var left = deployment.BakeTime - since;
        return left <= TimeSpan.Zero ? ", bake time is over" : string.Create(CultureInfo.InvariantCulture, $", bakes for {TimeSpan.FromSeconds(Math.Ceiling(left / Step) * Step.TotalSeconds):m\\:ss} more");
    }
}
