using Pipeline.Changes;
using Pipeline.Configuration;
using Pipeline.Ledger;
using Pipeline.Parity;
using Pipeline.Reporting;
using Pipeline.Tests.Configuration;

namespace Pipeline.Tests.Parity;

/// <summary>What differs between two environments, and which of it pipeline.yml wants. dev has TaskCount 1, prod 3.</summary>
public sealed class ParityComparisonTests
{
    private const string Template = """
        Parameters:
          TaskCount: { Type: Number }
          Level: { Type: String }
          EnvironmentName: { Type: String }
          ImageUri: { Type: String }
        Resources:
          Task:
            Type: AWS::ECS::TaskDefinition
            Properties:
              Family: !Sub "shop-${EnvironmentName}"
              Cpu: "256"
              ContainerDefinitions:
                - Name: api
                  Image: !Ref ImageUri
                  Environment:
                    - { Name: LEVEL, Value: !Ref Level }
                    - { Name: HOST, Value: !ImportValue shop-host }
                    - { Name: MODE, Value: fast }
          Service:
            Type: AWS::ECS::Service
            Properties: { DesiredCount: !Ref TaskCount }
        """;

    private Sandbox _sandbox = null!;

    [SetUp]
    public void Prepare() => _sandbox = new Sandbox();

    [TearDown]
    public void Clear() => _sandbox.Dispose();

    [Test]
    public void What_pipeline_yml_gives_them_differently_and_what_follows_is_declared()
    {
        var report = ParityComparison.Of(Picture("dev", "1"), Picture("prod", "3"));

        Assert.That(report.Undeclared, Is.Empty);
        Assert.That(report.Differences.Select(d => (d.Kind, d.Property, d.Left, d.Right)), Is.EquivalentTo(new[]
        {
            (ParityKind.Parameter, "EnvironmentName", "dev", "prod"),
            (ParityKind.Parameter, "TaskCount", "1", "3"),
            (ParityKind.TaskDefinition, "Family", "shop-dev", "shop-prod"),
            (ParityKind.TaskDefinition, "ContainerDefinitions.api.Environment.HOST", "host-of-dev", "host-of-prod"),
            (ParityKind.Count, "DesiredCount", "1", "3"),
        }));
    }

    [Test]
    public void A_parameter_that_somebody_changed_is_not_nor_what_follows_from_it()
    {
        var report = ParityComparison.Of(Picture("dev", "1"), Picture("prod", "3", level: "debug"));

        Assert.That(report.Undeclared.Select(d => (d.Kind, d.Property)), Is.EqualTo(new[] { (ParityKind.Parameter, "Level"), (ParityKind.TaskDefinition, "ContainerDefinitions.api.Environment.LEVEL") }));
    }

    [Test]
    public void A_declared_parameter_with_a_value_that_nobody_declared_is_not_declared()
    {
        var report = ParityComparison.Of(Picture("dev", "1"), Picture("prod", "5"));

        Assert.That(report.Undeclared.Select(d => d.Property), Is.EqualTo(new[] { "TaskCount", "DesiredCount" }));
        Assert.That(report.Undeclared.First().Note, Does.Contain("pipeline.yml says something else"));
    }

    [Test]
    public void A_task_definition_that_is_not_its_template_s_is_not_declared()
    {
        var report = ParityComparison.Of(Picture("dev", "1"), Picture("prod", "3", mode: "slow"));

        Assert.That(report.Undeclared.Single(), Has.Property("Property").EqualTo("ContainerDefinitions.api.Environment.MODE").And.Property("Right").EqualTo("slow"));
    }

    [Test]
    public void Versions_are_undeclared_but_no_warning_in_a_plan_that_changes_them()
    {
        var report = ParityComparison.Of(Picture("dev", "1", version: "2"), Picture("prod", "3", version: "1"));

        Assert.That(report.Undeclared.Select(d => d.Kind), Is.EqualTo(new[] { ParityKind.Version, ParityKind.Digest }));
        Assert.That(report.Warnings, Is.Empty);
    }

    [Test]
    public void Templates_are_told_apart_by_their_hash_and_missing_stacks_are_named()
    {
        var (dev, prod) = (Picture("dev", "1"), Picture("prod", "3"));
        dev = dev with { Stacks = new Dictionary<string, StackPicture>(dev.Stacks) { ["network"] = new("shop-dev-network", "", new Dictionary<string, string>()) } };
        prod = prod with { Stacks = new Dictionary<string, StackPicture> { ["api"] = prod.Stacks["api"] with { Template = $"{Template}\n# by hand" } } };

        var report = ParityComparison.Of(dev, prod);

        Assert.That(report.Undeclared.Select(d => (d.Kind, d.Subject, d.Right)), Is.EquivalentTo(new[] { (ParityKind.Template, "api", Hashing.Of($"{Template}\n# by hand")[..12]), (ParityKind.Stack, "network", (string?)null) }));
    }

    [Test]
    public void What_sounds_like_a_secret_is_told_apart_but_not_told()
    {
        var (dev, prod) = (Picture("dev", "1"), Picture("prod", "3"));
        prod = prod with { Stacks = new Dictionary<string, StackPicture> { ["api"] = prod.Stacks["api"] with { Parameters = new Dictionary<string, string>(prod.Stacks["api"].Parameters) { ["ApiToken"] = "hunter2" } } } };

        var report = ParityComparison.Of(dev, prod);

        Assert.That(report.Undeclared.Single(), Has.Property("Property").EqualTo("ApiToken").And.Property("Left").Null.And.Property("Right").EqualTo("(hidden)"));
        Assert.That(ParityText.ToJson(report), Does.Not.Contain("hunter2"));
    }

    [Test]
    public void Two_that_have_nothing_are_not_equal()
    {
        var report = ParityComparison.Of(new EnvironmentPicture(ConfigurationLoader.Load(_sandbox.Root, "dev")), new EnvironmentPicture(ConfigurationLoader.Load(_sandbox.Root, "prod")));

        Assert.That(report.IsEmpty);
        Assert.That(ParityText.ToJson(report), Does.Contain("\"compared\": false"));
    }

    [Test]
    public void One_that_can_not_be_reached_is_not_equal()
    {
        var report = ParityComparison.Of(Picture("dev", "1"), new EnvironmentPicture(ConfigurationLoader.Load(_sandbox.Root, "prod")) { Unreachable = "no credentials" });

        Assert.That((report.NotCompared["prod"], report.Differences.Count), Is.EqualTo(("no credentials", 0)));
        Assert.That(ParityText.ToJson(report), Does.Contain("\"compared\": false"));
        Assert.Throws<Outcomes.PipelineException>(() => ParityText.Demand(report));
    }

    private EnvironmentPicture Picture(string environment, string count, string level = "info", string mode = "fast", string version = "1") => new(ConfigurationLoader.Load(_sandbox.Root, environment))
    {
        Services = new Dictionary<string, ServiceRecord> { ["api"] = new(new RunningService("", "", new ServiceInputs("", new Dictionary<string, string>()), $"sha256:{version}", version), "", DateTimeOffset.UnixEpoch, "", 1) },
        Stacks = new Dictionary<string, StackPicture>
        {
            ["api"] = new($"shop-{environment}-api", Template, new Dictionary<string, string> { ["TaskCount"] = count, ["Level"] = level, ["EnvironmentName"] = environment, ["ImageUri"] = $"shop/api@sha256:{version}" })
            {
                TaskDefinitions = new Dictionary<string, IReadOnlyDictionary<string, string>>
                {
                    ["Task"] = FlatShape.OfTaskDefinition(System.Text.Json.Nodes.JsonNode.Parse($$"""
                        {"Family":"shop-{{environment}}","Cpu":"256","Revision":4,"ContainerDefinitions":[{"Name":"api","Image":"shop/api@sha256:{{version}}","Environment":[
                        {"Name":"MODE","Value":"{{mode}}"},{"Name":"LEVEL","Value":"{{level}}"},{"Name":"HOST","Value":"host-of-{{environment}}"}]}]}
                        """)!.AsObject()),
                },
                Services = new Dictionary<string, IReadOnlyDictionary<string, string>> { ["Service"] = FlatShape.OfDeployedService(System.Text.Json.Nodes.JsonNode.Parse($$"""{"DesiredCount":{{count}},"RunningCount":0}""")!.AsObject()) },
            },
        },
    };
}
