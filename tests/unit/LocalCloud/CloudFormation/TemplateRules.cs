using Pipeline.LocalCloud.Protocols;

namespace Pipeline.Tests.LocalCloud.CloudFormation;

public sealed class TemplateRules
{
    /// <summary>As the CDK writes it into every template.</summary>
    private const string Bootstrapped = """
        {
          "Resources": {"A": {"Type": "Test::Thing"}, "CDKMetadata": {"Type": "AWS::CDK::Metadata", "Properties": {"Analytics": "v2:deflate64:H4sIAAAAAAAA"}, "Metadata": {"aws:cdk:path": "s/CDKMetadata/Default"}}},
          "Parameters": {"BootstrapVersion": {"Type": "AWS::SSM::Parameter::Value<String>", "Default": "/cdk-bootstrap/hnb659fds/version", "Description": "[cdk:skip]"}},
          "Rules": {"CheckBootstrapVersion": {"Assertions": [{
            "Assert": {"Fn::Not": [{"Fn::Contains": [["1", "2", "3", "4", "5"], {"Ref": "BootstrapVersion"}]}]},
            "AssertDescription": "CDK bootstrap stack version 6 required. Please run 'cdk bootstrap' with a recent version of the CDK CLI."
          }]}}
        }
        """;

    [Test]
    public async Task A_template_of_the_cdk_is_accepted_where_the_bootstrap_is_new_enough()
    {
        await using var cloud = new TestCloud();
        cloud.Stored["/cdk-bootstrap/hnb659fds/version"] = "5";
        Assert.That(async () => await cloud.Create(Bootstrapped), Throws.TypeOf<AwsException>().With.Message.Contains("CDK bootstrap stack version 6 required.").And.Property("Code").EqualTo("ValidationError"));
        Assert.That((await cloud.Call("ListStacks", "{}")).Objects("StackSummaries"), Is.Empty);

        cloud.Stored["/cdk-bootstrap/hnb659fds/version"] = "21";
        await cloud.Create(Bootstrapped);
        Assert.That(await cloud.Status(), Is.EqualTo("CREATE_COMPLETE"));
    }

    [TestCase("!EachMemberIn [!Ref Zones, [a, b, c]]", true)]
    [TestCase("!EachMemberIn [!Ref Zones, [a]]", false)]
    [TestCase("!EachMemberEquals [!Ref Zones, a]", false)]
    [TestCase("!EachMemberEquals [[prod, prod], !Ref Stage]", true)]
    [TestCase("!Contains [!Ref Zones, b]", true)]
    [TestCase("!And [!Equals [!Ref Stage, prod], !Not [!Equals [!Ref Stage, dev]]]", true)]
    [TestCase("!Or [!Equals [!Ref Stage, x], !Equals [!Ref Stage, y]]", false)]
    public async Task An_assertion_decides_over_the_parameters(string assertion, bool holds)
    {
        await using var cloud = new TestCloud();
        var template = $$$"""
            Parameters: {Stage: {Type: String, Default: prod}, Zones: {Type: CommaDelimitedList, Default: 'a, b'}}
            Rules:
              Skipped: {RuleCondition: !Equals [!Ref Stage, dev], Assertions: [{Assert: !Equals [a, b]}]}
              Decisive:
                RuleCondition: !Equals [!Ref Stage, prod]
                Assertions:
                - Assert: {{{assertion}}}
                  AssertDescription: it must hold
            Resources: {A: {Type: Test::Thing}}
            """;

        if (holds)
        {
            await cloud.Create(template);
        }
        else
        {
            Assert.That(async () => await cloud.Create(template), Throws.TypeOf<AwsException>().With.Message.Contains("Decisive: it must hold"));
        }
    }

    [TestCase("!If [C, true, false]", "uses Fn::If")]
    [TestCase("!Equals [!Sub '${Stage}', prod]", "uses Fn::Sub")]
    [TestCase("{Fn::RefAll: 'AWS::EC2::VPC::Id'}", "uses Fn::RefAll")]
    public async Task What_rules_do_not_know_is_refused_by_name(string assertion, string reason)
    {
        await using var cloud = new TestCloud();

        Assert.That(
            async () => await cloud.Create($"Parameters: {{Stage: {{Type: String, Default: prod}}}}\nRules: {{R: {{Assertions: [{{Assert: {assertion}}}]}}}}\nResources: {{A: {{Type: Test::Thing}}}}"),
            Throws.TypeOf<AwsException>().With.Message.Contains(reason));
    }

    [Test]
    public async Task A_stored_parameter_keeps_its_name_and_shows_what_it_gave()
    {
        await using var cloud = new TestCloud();
        await cloud.Create("Parameters: {Subnets: {Type: 'AWS::SSM::Parameter::Value<List<AWS::EC2::Subnet::Id>>', Default: /net/subnets}}\nResources: {A: {Type: Test::Thing, Properties: {Value: !Select [0, !Ref Subnets]}}}");
        await cloud.Status();

        var parameter = (await cloud.Stack()).Objects("Parameters").Single();
        Assert.That((parameter.Text("ParameterValue"), parameter.Text("ResolvedValue")), Is.EqualTo(("/net/subnets", "stored /net/subnets")));
    }
}
