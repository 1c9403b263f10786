using System.Text.Json.Nodes;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>The tasks of one revision: those that are not stopping, those of them that are healthy, and all that are not gone yet.</summary>
internal sealed record Fleet(int Alive, int Healthy, int Present);

/// <summary>
/// Takes a service's deployment through its stages: each is entered once what it waits for is there, and written down before the listener rules
/// follow it, so that a cloud that was killed goes on from what is written.
/// </summary>
internal sealed class TrafficShift(EcsStore store, TrafficRules rules, ScaledClock clock)
{
    private (string Deployment, double Production, double Test)? _applied;

    /// <summary>The listener rule that last refused what it was to say: it is gone, or does not forward any more.</summary>
    public string? Refused { get; private set; }

    /// <param name="fleets">by revision</param>
    public void Advance(ServiceRecord service, ServiceDeploymentRecord deployment, Func<string, Fleet> fleets)
    {
        Align(deployment);
        while ((Refused is null || deployment.Status != "IN_PROGRESS") && Next(service, deployment, fleets) is { } next)
        {
            deployment = next with { UpdatedAt = clock.Now };
            store.Deployments.Put(deployment.Arn, deployment);
            Align(deployment);
        }
    }

    /// <summary>What the record says reaches the rules when it changes, and once more after a restart; in between they belong to whoever changes them.</summary>
    private void Align(ServiceDeploymentRecord deployment)
    {
        var said = (deployment.Arn, deployment.Lifecycle!.Production, deployment.Lifecycle.Test);
        if (_applied != said)
        {
            Refused = rules.Apply(deployment);
            _applied = said;
        }
    }

    /// <summary>The deployment one step further; <c>null</c>: it has to wait.</summary>
    private ServiceDeploymentRecord? Next(ServiceRecord service, ServiceDeploymentRecord deployment, Func<string, Fleet> fleets) => deployment.Status switch
    {
        "IN_PROGRESS" => Forward(service, deployment, fleets),
        "ROLLBACK_IN_PROGRESS" => Back(service, deployment, fleets),
        _ => null,
    };

    private ServiceDeploymentRecord? Forward(ServiceRecord service, ServiceDeploymentRecord deployment, Func<string, Fleet> fleets)
    {
        var lifecycle = deployment.Lifecycle!;
        var plan = ShiftPlan.Of(JsonNode.Parse(deployment.Configuration)!.AsObject(), clock.Scale);
        var green = fleets(deployment.TargetRevision);
        var isReady = green.Healthy >= service.DesiredCount;
        return lifecycle.Stage switch
        {
            LifecycleStage.Reconcile => IsReconciled(service, deployment, fleets) ? AfterHooks(deployment, plan) : null,
            LifecycleStage.ScaleUp => isReady ? Enter(deployment) : null,
            LifecycleStage.TestShift when lifecycle.Test == 0 && rules.Routes(deployment).Any(route => route.TestRule is not null) => isReady ? deployment with { Lifecycle = lifecycle with { Test = 100 } } : null,
            LifecycleStage.TestShift => Enter(deployment),
            LifecycleStage.ProductionShift => Shift(deployment, plan, isReady),
            LifecycleStage.Bake => clock.Now - lifecycle.Since >= plan.Bake && isReady ? Enter(Watched(deployment)) : null,
            // Left when the scheduler finds nothing but the new revision's tasks.
            LifecycleStage.CleanUp => null,
            _ => AfterHooks(deployment, plan),
        };
    }

    private ServiceDeploymentRecord? Shift(ServiceDeploymentRecord deployment, ShiftPlan plan, bool isReady)
    {
        var (lifecycle, now) = (deployment.Lifecycle!, clock.Now);
        if (lifecycle.Step == plan.Steps.Count)
        {
            return Enter(deployment);
        }

        if (lifecycle.Step > 0 && now - lifecycle.StepSince < plan.Steps[lifecycle.Step - 1].Bake)
        {
            return null;
        }

        if (!PauseHooks.Let(lifecycle, plan, (LifecycleStage.PreProductionShift, lifecycle.Step), now, out var opened))
        {
            return Open(deployment, opened);
        }

        return isReady ? deployment with { Lifecycle = lifecycle with { Production = plan.Steps[lifecycle.Step].Percent, Step = lifecycle.Step + 1, StepSince = now } } : null;
    }

    /// <summary>All traffic goes back in one change, as soon as the revision before is at least as healthy as the one that is left.</summary>
    private static ServiceDeploymentRecord? Back(ServiceRecord service, ServiceDeploymentRecord deployment, Func<string, Fleet> fleets)
    {
        var lifecycle = deployment.Lifecycle!;
        var enough = Math.Max(1, Math.Min(service.DesiredCount, fleets(deployment.TargetRevision).Healthy));
        var isReady = service.DesiredCount == 0 || fleets(lifecycle.Blue!).Healthy >= enough;
        return !lifecycle.IsReturned && isReady ? deployment with { Lifecycle = lifecycle with { Production = 0, Test = 0 } } : null;
    }

    private ServiceDeploymentRecord? AfterHooks(ServiceDeploymentRecord deployment, ShiftPlan plan) =>
        PauseHooks.Let(deployment.Lifecycle!, plan, (deployment.Lifecycle!.Stage, 0), clock.Now, out var opened) ? Enter(deployment) : Open(deployment, opened);

    private static ServiceDeploymentRecord? Open(ServiceDeploymentRecord deployment, IReadOnlyList<HookRecord> opened) =>
        opened.Count == 0 ? null : deployment with { Lifecycle = deployment.Lifecycle! with { Hooks = [.. deployment.Lifecycle.Hooks, .. opened] } };

    private ServiceDeploymentRecord Enter(ServiceDeploymentRecord deployment) =>
        deployment with { Lifecycle = deployment.Lifecycle! with { Stage = LifecycleStage.After(deployment.Lifecycle.Stage), Since = clock.Now } };

    /// <summary>With the bake time ends what alarms can do.</summary>
    private static ServiceDeploymentRecord Watched(ServiceDeploymentRecord deployment) =>
        deployment.Alarms.Status == "MONITORING" ? deployment with { Alarms = deployment.Alarms with { Status = "MONITORING_COMPLETE" } } : deployment;

    /// <summary>Nothing but the revision that serves is there any more.</summary>
    private static bool IsReconciled(ServiceRecord service, ServiceDeploymentRecord deployment, Func<string, Fleet> fleets) =>
        service.Deployments.Where(d => d.Revision != deployment.TargetRevision && d.Revision != deployment.Lifecycle!.Blue).All(d => fleets(d.Revision).Present == 0);
}
