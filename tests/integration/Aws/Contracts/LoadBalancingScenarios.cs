using Amazon.ElasticLoadBalancingV2;
using Amazon.ElasticLoadBalancingV2.Model;
using Action = Amazon.ElasticLoadBalancingV2.Model.Action;

namespace Pipeline.Tests.Aws.Contracts;

internal static class LoadBalancingScenarios
{
    public static IReadOnlyList<Scenario> All { get; } =
    [
        new("elasticloadbalancing", "what there is", "DescribeLoadBalancers DescribeListeners DescribeRules DescribeTargetGroups DescribeTargetGroupAttributes DescribeTags", Descriptions),
        new("elasticloadbalancing", "weights", "ModifyRule ModifyListener", Weights),
        new("elasticloadbalancing", "limits", "DescribeAccountLimits", Limits),
        new("elasticloadbalancing", "targets", "RegisterTargets DescribeTargetHealth DeregisterTargets", Targets),
    ];

    private static async Task Descriptions(ContractClients on)
    {
        var made = await Make(on);
        var balancer = (await on.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { LoadBalancerArns = [made["Front"]] })).LoadBalancers.Single();
        var listener = (await on.Balancing.DescribeListenersAsync(new DescribeListenersRequest { LoadBalancerArn = made["Front"] })).Listeners.Single();
        var rules = (await on.Balancing.DescribeRulesAsync(new DescribeRulesRequest { ListenerArn = made["Listener"] })).Rules;
        var group = (await on.Balancing.DescribeTargetGroupsAsync(new DescribeTargetGroupsRequest { TargetGroupArns = [made["Blue"]] })).TargetGroups.Single();
        var attributes = (await on.Balancing.DescribeTargetGroupAttributesAsync(new DescribeTargetGroupAttributesRequest { TargetGroupArn = made["Blue"] })).Attributes;
        var tags = (await on.Balancing.DescribeTagsAsync(new DescribeTagsRequest { ResourceArns = [made["Front"]] })).TagDescriptions.Single();

        Assert.Multiple(() =>
        {
            Assert.That((balancer.LoadBalancerName, balancer.Scheme, balancer.Type), Is.EqualTo((on.Name, LoadBalancerSchemeEnum.FindValue("internet-facing"), LoadBalancerTypeEnum.Application)));
            Assert.That((listener.ListenerArn, listener.Protocol), Is.EqualTo((made["Listener"], ProtocolEnum.HTTP)));
            Assert.That(rules.Select(r => r.Priority), Is.EquivalentTo(new[] { "10", "default" }));
            Assert.That((group.Port, group.TargetType, group.HealthCheckPath), Is.EqualTo(((int?)8080, TargetTypeEnum.Ip, "/health")));
            Assert.That(attributes.Select(a => a.Key), Does.Contain("deregistration_delay.timeout_seconds"));
            Assert.That(tags.ResourceArn, Is.EqualTo(made["Front"]));
        });
        Assert.ThrowsAsync<LoadBalancerNotFoundException>(() => on.Balancing.DescribeLoadBalancersAsync(new DescribeLoadBalancersRequest { Names = [$"{on.Name}x"] }));
    }

    private static async Task Weights(ContractClients on)
    {
        var made = await Make(on);
        Action forward = new()
        {
            Type = ActionTypeEnum.Forward,
            ForwardConfig = new ForwardActionConfig { TargetGroups = [new TargetGroupTuple { TargetGroupArn = made["Blue"], Weight = 90 }, new TargetGroupTuple { TargetGroupArn = made["Green"], Weight = 10 }] },
        };

        var rule = (await on.Balancing.ModifyRuleAsync(new ModifyRuleRequest { RuleArn = made["Rule"], Actions = [forward] })).Rules.Single();
        var listener = (await on.Balancing.ModifyListenerAsync(new ModifyListenerRequest { ListenerArn = made["Listener"], DefaultActions = [forward] })).Listeners.Single();

        foreach (var action in new[] { rule.Actions.Single(), listener.DefaultActions.Single() })
        {
            Assert.That(action.ForwardConfig.TargetGroups.Select(t => (t.TargetGroupArn, t.Weight)), Is.EqualTo(new[] { (made["Blue"], (int?)90), (made["Green"], (int?)10) }));
        }
    }

    private static async Task Targets(ContractClients on)
    {
        var made = await Make(on);
        List<TargetDescription> targets = [new() { Id = "127.0.0.1", Port = 8080 }];
        await on.Balancing.RegisterTargetsAsync(new RegisterTargetsRequest { TargetGroupArn = made["Blue"], Targets = targets });
        var health = (await on.Balancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = made["Blue"] })).TargetHealthDescriptions.Single();
        await on.Balancing.DeregisterTargetsAsync(new DeregisterTargetsRequest { TargetGroupArn = made["Blue"], Targets = targets });

        Assert.That((health.Target.Id, health.Target.Port), Is.EqualTo(("127.0.0.1", (int?)8080)));
        Assert.ThrowsAsync<TargetGroupNotFoundException>(() => on.Balancing.DescribeTargetHealthAsync(new DescribeTargetHealthRequest { TargetGroupArn = $"{made["Blue"]}x" }));
    }

    private static async Task Limits(ContractClients on) =>
        Assert.That((await on.Balancing.DescribeAccountLimitsAsync(new DescribeAccountLimitsRequest())).Limits.Select(l => l.Name), Does.Contain("application-load-balancers").And.Contain("target-groups"));

    private static Task<IReadOnlyDictionary<string, string>> Make(ContractClients on) => StackGround.Make(on, $$"""
        Resources:
          Net: {Type: AWS::EC2::VPC, Properties: {CidrBlock: 10.0.0.0/16} }
          One: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.0.0/24, AvailabilityZone: {{Moto.Region}}a} }
          Two: {Type: AWS::EC2::Subnet, Properties: {VpcId: !Ref Net, CidrBlock: 10.0.1.0/24, AvailabilityZone: {{Moto.Region}}b} }
          Front: {Type: AWS::ElasticLoadBalancingV2::LoadBalancer, Properties: {Name: {{on.Name}}, Scheme: internet-facing, Subnets: [!Ref One, !Ref Two]} }
          Blue: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: {{on.Name}}-b, Port: 8080, Protocol: HTTP, TargetType: ip, VpcId: !Ref Net, HealthCheckPath: /health} }
          Green: {Type: AWS::ElasticLoadBalancingV2::TargetGroup, Properties: {Name: {{on.Name}}-g, Port: 8080, Protocol: HTTP, TargetType: ip, VpcId: !Ref Net, HealthCheckPath: /health} }
          Listener:
            Type: AWS::ElasticLoadBalancingV2::Listener
            Properties: {LoadBalancerArn: !Ref Front, Port: {{FreePort.Next()}}, Protocol: HTTP, DefaultActions: [{Type: forward, TargetGroupArn: !Ref Green}]}
          Rule:
            Type: AWS::ElasticLoadBalancingV2::ListenerRule
            Properties: {ListenerArn: !Ref Listener, Priority: 10, Conditions: [{Field: path-pattern, Values: ['/*']}], Actions: [{Type: forward, TargetGroupArn: !Ref Blue}]}
        """);
}
