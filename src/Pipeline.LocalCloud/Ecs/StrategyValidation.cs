using System.Text.Json.Nodes;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Refuses deployment configurations that shift traffic in a way that ECS, or the embedded cloud, does not.</summary>
internal sealed class StrategyValidation(RuleTraffic rules, Func<string, bool> groupExists)
{
    private const int MostHooks = 10;
    private const int DayInMinutes = 1440;
    private static readonly string[] Strategies = ["ROLLING", "BLUE_GREEN", "LINEAR", "CANARY"];
    private static readonly string[] Needed = ["alternateTargetGroupArn", "productionListenerRule", "roleArn"];
    private static readonly string[] Rules = ["productionListenerRule", "testListenerRule"];

    /// <exception cref="AwsException">InvalidParameterException</exception>
    public void Check(JsonObject configuration, IReadOnlyList<JsonObject> loadBalancers)
    {
        var strategy = ShiftPlan.StrategyOf(configuration);
        Require(Strategies.Contains(strategy), $"The deployment strategy {strategy} is not valid; the valid values are {string.Join(", ", Strategies)}.");
        if (!ShiftPlan.Shifts(configuration))
        {
            Require(configuration.Objects("lifecycleHooks").Count == 0, "The embedded cloud does not implement lifecycle hooks of rolling deployments.");
        }
        else
        {
            Require(strategy != "BLUE_GREEN" || configuration.Int("bakeTimeInMinutes") is not null, "bakeTimeInMinutes is required with the deployment strategy BLUE_GREEN.");
            CheckHooks(configuration.Objects("lifecycleHooks"));
            loadBalancers.ToList().ForEach(entry => CheckTraffic(entry, strategy));
        }

        Between(configuration, "bakeTimeInMinutes", 0, DayInMinutes);
        if (configuration.Object("linearConfiguration") is { } linear)
        {
            Require(strategy == "LINEAR", "linearConfiguration is only valid with the deployment strategy LINEAR.");
            Tenths(linear, "stepPercent", 3);
            Between(linear, "stepBakeTimeInMinutes", 0, DayInMinutes);
        }

        if (configuration.Object("canaryConfiguration") is { } canary)
        {
            Require(strategy == "CANARY", "canaryConfiguration is only valid with the deployment strategy CANARY.");
            Tenths(canary, "canaryPercent", 0.1);
            Between(canary, "canaryBakeTimeInMinutes", 0, DayInMinutes);
        }
    }

    private static void CheckHooks(IReadOnlyList<JsonObject> hooks)
    {
        Require(hooks.Count <= MostHooks, $"A service can have at most {MostHooks} PAUSE lifecycle hooks, not {hooks.Count}.");
        foreach (var hook in hooks)
        {
            var type = hook.Text("targetType") ?? "AWS_LAMBDA";
            Require(type == "PAUSE", type == "AWS_LAMBDA"
                ? "The embedded cloud does not implement lifecycle hooks with the target type AWS_LAMBDA, since it has no Lambda; it has PAUSE."
                : $"The lifecycle hook target type {type} is not valid; the valid values are AWS_LAMBDA, PAUSE.");
            Require(hook.Text("hookTargetArn") is null, "A lifecycle hook with the target type PAUSE has no hookTargetArn.");
            var stages = hook.Texts("lifecycleStages");
            Require(stages.Count > 0, "A lifecycle hook needs lifecycleStages.");
            foreach (var stage in stages)
            {
                Require(LifecycleStage.Hookable.Contains(stage), $"The lifecycle stage {stage} cannot have hooks; these can: {string.Join(", ", LifecycleStage.Hookable)}.");
                Require(stage is not (LifecycleStage.TestShift or LifecycleStage.ProductionShift), $"A lifecycle hook with the target type PAUSE is not supported at the lifecycle stage {stage}.");
            }

            if (hook.Object("timeoutConfiguration") is { } timeout)
            {
                Between(timeout, "timeoutInMinutes", 1, 14 * DayInMinutes);
                Require(timeout.Text("action") is null or "CONTINUE" or "ROLLBACK", $"The timeout action {timeout.Text("action")} is not valid; the valid values are CONTINUE, ROLLBACK.");
            }
        }
    }

    private void CheckTraffic(JsonObject entry, string strategy)
    {
        var advanced = entry.Object("advancedConfiguration") ?? [];
        foreach (var member in Needed)
        {
            Require(advanced.Text(member) is { Length: > 0 }, $"advancedConfiguration.{member} is required for each load balancer with the deployment strategy {strategy}.");
        }

        var (group, alternate) = (entry.Text("targetGroupArn"), advanced.Text("alternateTargetGroupArn")!);
        Require(alternate != group, $"alternateTargetGroupArn must be another target group than targetGroupArn {group}.");
        Require(groupExists(alternate), $"The specified target group does not exist. (alternateTargetGroupArn {alternate})");
        Require(advanced.Text("testListenerRule") != advanced.Text("productionListenerRule"), "testListenerRule must be another rule than productionListenerRule.");
        foreach (var member in Rules.Where(member => advanced.Text(member) is not null))
        {
            var rule = advanced.Text(member)!;
            var action = rules.Find(rule);
            Require(action is not null, $"The listener rule {rule} of {member} does not exist; a rule of an Application Load Balancer is needed.");
            Require(action!.Forward?.Any(weighted => weighted.Arn == group || weighted.Arn == alternate) == true, $"The listener rule {rule} of {member} does not forward to {group} or {alternate}.");
        }
    }

    private static void Tenths(JsonObject members, string name, double least)
    {
        if (members.Number(name) is { } percent)
        {
            Require(percent >= least && percent <= 100 && Math.Abs((percent * 10) - Math.Round(percent * 10)) < 1e-6, $"{name} must be a multiple of 0.1 from {least:0.0} to 100.0, not {percent}.");
        }
    }

    private static void Between(JsonObject members, string name, int least, int most)
    {
        if (members.Int(name) is { } number)
        {
            Require(number >= least && number <= most, $"{name} must be between {least} and {most}, not {number}.");
        }
    }

    private static void Require(bool met, string why)
    {
        if (!met)
        {
            throw new AwsException("InvalidParameterException", why);
        }
    }
}
