using Amazon.ElasticLoadBalancingV2.Model;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

/// <summary>What would send live traffic astray is refused before anything is changed.</summary>
public sealed class TrafficGuardTests : Shifted
{
    [Test]
    public async Task A_changed_listener_rule_is_refused_by_name()
    {
        Demo.Change("infra/service.yaml", "  Production:\n    Type: AWS::ElasticLoadBalancingV2::ListenerRule\n    Properties:\n      ListenerArn: !Ref Listener\n      Priority: 1\n      Conditions: [{Field: path-pattern, Values: [\"/*\"]}]\n      Actions:\n        - Type: forward\n          ForwardConfig:\n            TargetGroups: [{TargetGroupArn: !Ref Blue, Weight: 1}",
            "  Production:\n    Type: AWS::ElasticLoadBalancingV2::ListenerRule\n    Properties:\n      ListenerArn: !Ref Listener\n      Priority: 1\n      Conditions: [{Field: path-pattern, Values: [\"/*\"]}]\n      Actions:\n        - Type: forward\n          ForwardConfig:\n            TargetGroups: [{TargetGroupArn: !Ref Blue, Weight: 100}");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(Everything(refusal), Does.Contain("ListenerRule Production would have its Actions set again").And.Contain("--allow-replace=web.Production").And.Contain("untouched"));
        });
        Assert.That(await Demo.Get("/version"), Is.EqualTo("aaaaaaa"));

        await Demo.Deploy("bbbbbbb", allowReplace: "web.Production");
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"), "a person may allow it by name");
    }

    [Test]
    public async Task A_change_of_the_strategy_is_a_step_of_its_own()
    {
        Demo.Change("pipeline.yml", "Strategy: BLUE_GREEN", "Strategy: ROLLING");

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(Everything(refusal), Does.Contain("from BLUE_GREEN to ROLLING together with what it runs (Task)").And.Contain("deploy the change of the strategy alone"));
        });

        await Demo.Deploy("aaaaaaa");
        await Demo.Deploy("bbbbbbb");

        Assert.That((await Demo.Service()).Strategy, Is.EqualTo("ROLLING"));
        Assert.That(await Demo.Get("/version"), Is.EqualTo("bbbbbbb"));
    }

    [Test]
    public async Task Weights_that_somebody_has_moved_are_refused_with_the_health_of_both()
    {
        var sides = (await Demo.Service()).Shifting!;
        await Demo.Connection.LoadBalancing.ModifyRuleAsync(new()
        {
            RuleArn = sides.ProductionRule,
            Actions = [new() { Type = "forward", ForwardConfig = new() { TargetGroups = [new TargetGroupTuple { TargetGroupArn = sides.TargetGroup, Weight = 90 }, new TargetGroupTuple { TargetGroupArn = sides.AlternateTargetGroup, Weight = 10 }] } }],
        });

        var refusal = Assert.ThrowsAsync<PipelineException>(() => Demo.Deploy("bbbbbbb"))!;

        Assert.Multiple(() =>
        {
            Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
            Assert.That(Everything(refusal), Does.Contain("production traffic is split: 90 to").And.Contain("2 of 2 targets").And.Contain("aws elbv2 modify-rule"));
        });
    }
}
