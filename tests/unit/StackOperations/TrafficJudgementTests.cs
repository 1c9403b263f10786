using Pipeline.Aws;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

/// <summary>What a change set would do to traffic that ECS moves.</summary>
public sealed class TrafficJudgementTests
{
    private const string Rule = "AWS::ElasticLoadBalancingV2::ListenerRule";
    private const string Group = "AWS::ElasticLoadBalancingV2::TargetGroup";
    private static readonly ServiceShape Shifting = new("Service", "BLUE_GREEN", ["Production", "Trial"], ["Blue", "Green"]);
    private static readonly ServiceShape Rolling = new("Service", "ROLLING", [], ["Blue"]);

    [Test]
    public void Actions_that_are_set_again_reset_the_live_weights() =>
        Assert.That(Sentences(Shifting, Shifting, Change(Rule, "Production", "Modify", "False", "Actions")), Has.One.StartsWith($"{Rule} Production would have its Actions set again"));

    [Test]
    public void A_priority_or_a_tag_resets_nothing() =>
        Assert.That(Sentences(Shifting, Shifting, Change(Rule, "Production", "Modify", "False", "Priority"), Change(Rule, "Trial", "Modify", "False", null, "Tags")), Is.Empty);

    [Test]
    public void A_change_that_nobody_describes_may_reset_them() =>
        Assert.That(Sentences(Shifting, Shifting, new ResourceChange("Modify", "Production", "arn", Rule, "False", [])), Has.Count.EqualTo(1));

    [TestCase("Remove", null)]
    [TestCase("Modify", "True")]
    [TestCase("Modify", "Conditional")]
    public void A_target_group_that_goes_takes_the_tasks_with_it(string action, string? replacement) =>
        Assert.That(Sentences(Shifting, Shifting, Change(Group, "Green", action, replacement, "Port")), Has.One.Contains("TargetGroup Green would be re"));

    [Test]
    public void A_target_group_with_another_health_check_stays() => Assert.That(Sentences(Shifting, Shifting, Change(Group, "Green", "Modify", "False", "HealthCheckPath")), Is.Empty);

    [Test]
    public void Rules_of_a_rolling_service_are_the_templates() => Assert.That(Sentences(Rolling, Shifting, Change(Rule, "Production", "Modify", "False", "Actions")), Is.Empty);

    [Test]
    public void A_strategy_may_only_change_alone()
    {
        var task = Change("AWS::ECS::TaskDefinition", "Task", "Modify", "True", "ContainerDefinitions");
        var retagged = Change("AWS::ECS::TaskDefinition", "Task", "Modify", "False", null, "Tags");

        Assert.Multiple(() =>
        {
            Assert.That(Sentences(Rolling, Shifting, task), Has.One.EqualTo("AWS::ECS::Service Service would change its deployment strategy from ROLLING to BLUE_GREEN together with what it runs (Task)"));
            Assert.That(Sentences(Shifting, Rolling, task), Has.Count.EqualTo(1));
            Assert.That(Sentences(Shifting, Shifting with { Strategy = "CANARY" }, task), Is.Empty, "both shift traffic");
            Assert.That(Sentences(Rolling, Shifting, retagged), Is.Empty);
        });
    }

    [Test]
    public void The_rules_and_groups_of_a_service_are_read_from_its_template_as_its_parameters_make_it()
    {
        const string template = """
            Parameters: {Strategy: {Type: String}}
            Conditions: {Shifts: !Not [!Equals [!Ref Strategy, ROLLING]]}
            Resources:
              Service:
                Type: AWS::ECS::Service
                Properties:
                  DeploymentConfiguration: {Strategy: !Ref Strategy}
                  LoadBalancers:
                    - TargetGroupArn: !Ref Blue
                      AdvancedConfiguration: !If
                        - Shifts
                        - {AlternateTargetGroupArn: !Ref Green, ProductionListenerRule: !Ref Production, TestListenerRule: !Ref Trial, RoleArn: !GetAtt Role.Arn}
                        - !Ref AWS::NoValue
            """;
        const string stack = "arn:aws:cloudformation:eu-central-1:123456789012:stack/shop-web/1";
        var live = new Dictionary<string, string> { ["Blue"] = "arn:blue", ["Production"] = "arn:rule" };

        var shifting = ServiceShape.Of(stack, template, new Dictionary<string, string> { ["Strategy"] = "BLUE_GREEN" }, live).Single();
        var rolling = ServiceShape.Of(stack, template, new Dictionary<string, string> { ["Strategy"] = "ROLLING" }, live).Single();

        Assert.Multiple(() =>
        {
            Assert.That((shifting.LogicalId, shifting.Strategy, shifting.Shifts), Is.EqualTo(("Service", "BLUE_GREEN", true)));
            Assert.That(shifting.Rules, Is.EqualTo(new[] { "Production", "Trial" }));
            Assert.That(shifting.TargetGroups, Is.EqualTo(new[] { "Blue", "Green" }));
            Assert.That((rolling.Shifts, rolling.Rules.Count), Is.EqualTo((false, 0)));
        });
    }

    private static List<string> Sentences(ServiceShape before, ServiceShape after, params ResourceChange[] changes) =>
        [.. TrafficJudgement.Losses("web", "shop-web", [before], [after], changes).Select(l => l.Sentence)];

    private static ResourceChange Change(string type, string id, string action, string? replacement, string? property, string attribute = "Properties") =>
        new(action, id, "arn", type, replacement, [new PropertyChange(attribute, property, null, null, null, null)]);
}
