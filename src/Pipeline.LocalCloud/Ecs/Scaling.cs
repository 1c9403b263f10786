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

    /// <summary>The ones to stop first: not healthy, then the youngest.</summary>
    private static List<TaskRunner> Surplus(List<TaskRunner> tasks, int desired) =>
        [.. tasks.OrderBy(t => t.IsHealthy).ThenByDescending(t => t.Record.CreatedAt).Take(Math.Max(0, tasks.Count - desired))];
}
