using Pipeline.Aws;
using Pipeline.Deployments;
using System.Text.Json.Nodes;

namespace Pipeline.Preflight;

/// <summary>The services that run: traffic on one revision, somebody healthy, nobody's count reset, no alarm that would stop the deployment at once.</summary>
internal static class ServiceChecks
{
    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
    [
        .. scope.Release.Of("AWS::ECS::Service").Where(s => s.PhysicalId is not null).Select(s => new Inspection("traffic", s.Stack, cancel => Traffic(scope, s, cancel))),
        .. scope.Release.Of("AWS::ECS::Service").Where(s => s.PhysicalId is not null).Select(s => new Inspection("scaling", s.Stack, cancel => Scaling(scope, s, cancel))),
        .. scope.Release.Of("AWS::ECS::Service").Where(s => AlarmsOf(s).Any()).Select(s => new Inspection("alarms", s.Stack, cancel => Alarms(scope, s, cancel))),
    ];

    private static async Task<IReadOnlyList<Finding>> Traffic(PreflightScope scope, PlannedResource planned, CancellationToken cancel)
    {
        if (await Live(scope, planned, cancel).ConfigureAwait(false) is not { } service)
        {
            return [Finding.Skip(planned.Stack, "ECS does not run the service now")];
        }

        if (await LiveTraffic.Read(scope.Aws, service, cancel).ConfigureAwait(false) is { } traffic)
        {
            return await Shifting(scope, planned, service, traffic, cancel).ConfigureAwait(false);
        }

        var findings = new List<Finding>();
        foreach (var group in service.TargetGroups)
        {
            var name = group.Split('/') is [_, var short_, ..] ? short_ : group;
            var shares = await scope.Aws.TargetGroups.Weights(group, cancel).ConfigureAwait(false);
            findings.AddRange(shares.Where(s => s.Values.Count(w => w > 0) > 1).Take(1).Select(s => Split(scope, planned, service, s)));
            findings.AddRange(await Healthy(scope, planned, service, group, name, cancel).ConfigureAwait(false));
        }

        return findings.Count > 0 ? findings : [Finding.Skip(planned.Stack, "the service has no load balancer")];
    }

    /// <summary>ECS moves traffic without looking where it is: all of it must be on the revision that runs, and somebody must answer there.</summary>
    private static async Task<IReadOnlyList<Finding>> Shifting(PreflightScope scope, PlannedResource planned, ServiceState service, LiveTraffic traffic, CancellationToken cancel)
    {
        if (service.CurrentDeployment is not null || scope.Release.States.GetValueOrDefault(planned.Stack) is { InProgress: true })
        {
            return [Finding.Skip(planned.Stack, $"{traffic.Said}; a rollout is under way, a deployment waits for its end")];
        }

        var side = traffic.Revision ?? traffic.Serving ?? traffic.Sides.TargetGroup;
        var targets = await scope.Aws.TargetGroups.Health(side, cancel).ConfigureAwait(false);
        var healthy = $"{targets.Count(t => t.Healthy)} of {targets.Count} targets of {LiveTraffic.Name(side)} are healthy";
        if (traffic.Wrong is { } wrong)
        {
            return [Finding.Ng(planned.Stack, $"{wrong}; {healthy}",
                $"give the rule's whole weight to {LiveTraffic.Name(side)}: aws elbv2 modify-rule --rule-arn {traffic.Sides.ProductionRule}; ./build.sh --target=Status --environment={scope.Environment} says what runs")];
        }

        if (targets.Any(t => t.Healthy) || service.Desired == 0)
        {
            return [Finding.Ok(planned.Stack, $"all production traffic goes to {LiveTraffic.Name(side)}; {healthy}")];
        }

        // Whoever deploys what mends a service must not be stopped because it is broken.
        return scope.Deploying && scope.Due.Contains(planned.Stack)
            ? [Finding.Skip(planned.Stack, $"all production traffic goes to {LiveTraffic.Name(side)}, but {healthy} now; this release replaces the service")]
            : [Finding.Ng(planned.Stack, $"all production traffic goes to {LiveTraffic.Name(side)}, but {healthy}", $"./build.sh --target=Diagnose --environment={scope.Environment}")];
    }

    /// <summary>While a rollout is under way its traffic may be split, and a deployment waits for its end.</summary>
    private static Finding Split(PreflightScope scope, PlannedResource planned, ServiceState service, IReadOnlyDictionary<string, int> share)
    {
        var seen = $"traffic is split: {string.Join(", ", share.Select(w => $"{w.Value} to {w.Key.Split('/').ElementAtOrDefault(1)}"))}";
        return service.CurrentDeployment is not null || scope.Release.States.GetValueOrDefault(planned.Stack) is { InProgress: true }
            ? Finding.Skip(planned.Stack, $"{seen}; a rollout is under way, a deployment waits for its end")
            : Finding.Ng(planned.Stack, seen, $"set the weights of the rule to one target group: aws elbv2 modify-rule; ./build.sh --target=Status --environment={scope.Environment} says what runs");
    }

    private static async Task<IReadOnlyList<Finding>> Healthy(PreflightScope scope, PlannedResource planned, ServiceState service, string group, string name, CancellationToken cancel)
    {
        var targets = await scope.Aws.TargetGroups.Health(group, cancel).ConfigureAwait(false);
        var healthy = targets.Count(t => t.Healthy);
        return healthy > 0 || service.Desired == 0 ? [Finding.Ok(planned.Stack, $"{healthy} of {targets.Count} targets of {name} are healthy")]
            // Whoever deploys what mends a service must not be stopped because it is broken.
            : scope.Deploying && scope.Due.Contains(planned.Stack) ? [Finding.Skip(planned.Stack, $"no target of {name} is healthy now; this release replaces the service")]
            : [Finding.Ng(planned.Stack, $"no target of {name} is healthy: {(targets is [var first, ..] ? first.Description ?? first.Reason ?? first.State : "none is registered")}",
                $"./build.sh --target=Diagnose --environment={scope.Environment}")];
    }

    private static async Task<Finding> Scaling(PreflightScope scope, PlannedResource planned, CancellationToken cancel)
    {
        if (await Live(scope, planned, cancel).ConfigureAwait(false) is not { } service)
        {
            return Finding.Skip(planned.Stack, "ECS does not run the service now");
        }

        return await scope.Aws.Scaling.Of(service.ClusterArn.Split('/')[^1], service.Name, cancel).ConfigureAwait(false) is not var (least, most) ? Finding.Ok(planned.Stack, "its task count is only changed by deployments")
            : planned.Properties["DesiredCount"] is null ? Finding.Ok(planned.Stack, $"scaled between {least} and {most} tasks, and the template leaves the count alone")
            : Finding.Ng(planned.Stack, $"the template sets DesiredCount, but the service is scaled between {least} and {most} tasks and runs {service.Desired}: a deployment would reset it",
                $"remove DesiredCount from the service in the template of stack '{planned.Stack}'");
    }

    private static async Task<IReadOnlyList<Finding>> Alarms(PreflightScope scope, PlannedResource planned, CancellationToken cancel)
    {
        var names = AlarmsOf(planned).ToList();
        var known = names.Where(n => !TemplateValues.IsDeferred(n)).ToList();
        var states = known.Count == 0 ? new Dictionary<string, string>() : await scope.Aws.Alarms.States(known, cancel).ConfigureAwait(false);
        return [.. names.Select(name => TemplateValues.IsDeferred(name) || (!states.ContainsKey(name) && Planned(scope, name)) ? Finding.Skip(planned.Stack, $"alarm {name.Trim('<', '>')} is made by this release")
            : !states.TryGetValue(name, out var state) ? Finding.Ng(planned.Stack, $"the deployment is to watch alarm '{name}', which does not exist", $"create it, or remove it from DeploymentConfiguration.Alarms in stack '{planned.Stack}'")
            // It may be why the rollback is made; refusing would keep what the alarm complains about.
            : state == "ALARM" && scope.GoesBack ? Finding.Skip(planned.Stack, $"alarm '{name}' is in ALARM; this release goes back to before that")
            : state == "ALARM" ? Finding.Ng(planned.Stack, $"alarm '{name}' is in ALARM already: ECS would roll the deployment back at once", "mend what it complains about first")
            : Finding.Ok(planned.Stack, $"alarm '{name}' is {state}"))];
    }

    private static bool Planned(PreflightScope scope, string alarm) => scope.Release.Of("AWS::CloudWatch::Alarm").Any(a => TemplateValues.Text(a.Properties["AlarmName"]) == alarm);

    private static IEnumerable<string> AlarmsOf(PlannedResource service) => service.Properties["DeploymentConfiguration"]?["Alarms"] is JsonObject alarms && TemplateValues.Text(alarms["Enable"]) != "false"
        ? (alarms["AlarmNames"] as JsonArray ?? []).Select(TemplateValues.Text).OfType<string>()
        : [];

    /// <summary>A service's physical id is its ARN: arn:aws:ecs:REGION:ACCOUNT:service/CLUSTER/NAME.</summary>
    private static Task<ServiceState?> Live(PreflightScope scope, PlannedResource planned, CancellationToken cancel) => planned.PhysicalId!.Split('/') is [_, var cluster, _]
        ? scope.Aws.Services.Describe(cluster, planned.PhysicalId, cancel)
        : Task.FromResult<ServiceState?>(null);
}
