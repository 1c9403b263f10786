namespace Pipeline.LocalCloud.Ecs;

/// <summary>How many tasks a service may have at least and at most while it deploys.</summary>
internal sealed record Limits(int Minimum, int Maximum);

/// <summary>What a service has to stop and to start now.</summary>
internal sealed record ScalePlan(IReadOnlyList<TaskRunner> Stops, IReadOnlyList<(DeploymentRecord Deployment, int Count)> Starts);

/// <summary>Works out which tasks have to go and which have to come.</summary>
internal static class Scaling
{
    /// <summary>Old tasks make room for new ones within the deployment's limits.</summary>
    public static ScalePlan Rolling(ServiceRecord service, Limits limits, IReadOnlyList<TaskRunner> tasks)
    {
        var primary = service.Primary;
        var alive = tasks.Where(t => !t.IsStopping).ToList();
        var mine = alive.FindAll(t => t.Record.StartedBy == primary.Id);
        var others = alive.FindAll(t => t.Record.StartedBy != primary.Id);
        // A failed deployment without rollback starts nothing more; what served before goes on serving.
        var desired = primary.RolloutState == "FAILED" ? mine.Count(t => t.IsHealthy) : service.DesiredCount;
        var stops = Surplus(mine, desired);
        if (primary.RolloutState != "FAILED")
        {
            var healthyOthers = others.FindAll(t => t.IsHealthy);
            var spare = mine.Except(stops).Count(t => t.IsHealthy) + healthyOthers.Count - limits.Minimum;
            stops.AddRange(healthyOthers.OrderBy(t => t.Record.CreatedAt).Take(Math.Max(0, spare)));
            if (mine.Exists(t => t.IsHealthy) || alive.Count >= limits.Maximum || service.DesiredCount == 0)
            {
                stops.AddRange(others.Except(healthyOthers));
            }
        }

        var room = Math.Min(desired - (mine.Count - mine.Count(stops.Contains)), limits.Maximum - (alive.Count - stops.Count));
        return new(stops, room > 0 ? [(primary, room)] : []);
    }

    /// <summary>Each revision has the tasks that its deployment's stage gives it, whatever the others have.</summary>
    public static ScalePlan Shifting(ServiceRecord service, ServiceDeploymentRecord deployment, IReadOnlyList<TaskRunner> tasks)
    {
        var stops = new List<TaskRunner>();
        var starts = new List<(DeploymentRecord, int)>();
        var alive = tasks.Where(t => !t.IsStopping).ToLookup(t => t.Record.StartedBy);
        var blue = service.Deployments.FirstOrDefault(d => d.Revision == deployment.Lifecycle!.Blue);
        var blueServes = blue is null || alive[blue.Id].Count(t => t.IsHealthy) >= service.DesiredCount;
        foreach (var of in service.Deployments)
        {
            var mine = alive[of.Id].ToList();
            // One that is neither serves until the one that stays can do without it.
            var isLeftOver = of.Revision != deployment.TargetRevision && of.Revision != deployment.Lifecycle!.Blue;
            if (isLeftOver && !blueServes)
            {
                continue;
            }

            if (Requested(service, deployment, of.Revision) is not { } desired)
            {
                continue;
            }

            stops.AddRange(Surplus(mine, desired));
            if (mine.Count < desired)
            {
                starts.Add((of, desired - mine.Count));
            }
        }

        return new(stops, starts);
    }

    /// <summary>How many tasks a revision is to have; <c>null</c>: those that it has until its traffic has gone back.</summary>
    public static int? Requested(ServiceRecord service, ServiceDeploymentRecord deployment, string revision)
    {
        var lifecycle = deployment.Lifecycle!;
        return (deployment.Status, revision == deployment.TargetRevision, revision == lifecycle.Blue) switch
        {
            ("ROLLBACK_IN_PROGRESS" or "ROLLBACK_REQUESTED", true, _) => lifecycle.IsReturned ? 0 : null,
            ("ROLLBACK_IN_PROGRESS" or "ROLLBACK_REQUESTED", _, true) => service.DesiredCount,
            // Given up without a way back: what serves is kept up, the rest is left to look at.
            ("STOPPED" or "ROLLBACK_FAILED", true, _) => lifecycle.Blue is not null && lifecycle.Production > 50 ? service.DesiredCount : null,
            ("STOPPED" or "ROLLBACK_FAILED", _, true) => lifecycle.Production > 50 ? null : service.DesiredCount,
            (_, true, _) => lifecycle.HasReached(LifecycleStage.ScaleUp) ? service.DesiredCount : 0,
            (_, _, true) => lifecycle.HasReached(LifecycleStage.CleanUp) ? 0 : service.DesiredCount,
            _ => 0,
        };
    }

    /// <summary>The ones to stop first: not healthy, then the youngest.</summary>
    private static List<TaskRunner> Surplus(List<TaskRunner> tasks, int desired) =>
        [.. tasks.OrderBy(t => t.IsHealthy).ThenByDescending(t => t.Record.CreatedAt).Take(Math.Max(0, tasks.Count - desired))];
}
