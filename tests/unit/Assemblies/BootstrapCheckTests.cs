using System.Text.Json.Nodes;
using Pipeline.Assemblies;

namespace Pipeline.Tests.Assemblies;

public sealed class BootstrapCheckTests
{
    private const string Check = """
        "Rules":{"CheckBootstrapVersion":{"Assertions":[{"Assert":{"Fn::Not":[{"Fn::Contains":[["1"],{"Ref":"BootstrapVersion"}]}]}}]}}
        """;

    [Test]
    public void The_check_and_its_parameter_are_left_out_and_nothing_else()
    {
        var template = BootstrapCheck.Without($$$$$$$"""{"Resources":{"A":{"Type":"AWS::SQS::Queue","Properties":{"Name":"ä <b>"}}},"Parameters":{"X":{"Type":"String"},"BootstrapVersion":{"Type":"AWS::SSM::Parameter::Value<String>"}},{{{{{{{Check}}}}}}}}""");

        Assert.That(JsonNode.DeepEquals(JsonNode.Parse(template), JsonNode.Parse("""{"Resources":{"A":{"Type":"AWS::SQS::Queue","Properties":{"Name":"ä <b>"}}},"Parameters":{"X":{"Type":"String"}}}""")), template);
    }

    [Test]
    public void A_parameter_that_something_else_uses_stays()
    {
        var template = $$$$$$$"""{"Resources":{"A":{"Type":"AWS::SSM::Parameter","Properties":{"Value":{"Ref":"BootstrapVersion"}}}},"Parameters":{"BootstrapVersion":{"Type":"String"}},{{{{{{{Check}}}}}}}}""";

        Assert.That(BootstrapCheck.Without(template), Is.EqualTo(template));
    }

    [TestCase("Resources: {A: {Type: AWS::SQS::Queue}}")]
    [TestCase("""{"Resources":{}}""")]
    public void A_template_without_the_check_is_not_touched(string template) => Assert.That(BootstrapCheck.Without(template), Is.EqualTo(template));
}
