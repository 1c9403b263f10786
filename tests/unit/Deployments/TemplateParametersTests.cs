using Pipeline.Deployments;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Deployments;

public sealed class TemplateParametersTests
{
    [Test]
    public void Defaults_are_read_and_short_intrinsics_do_not_disturb()
    {
        var parameters = TemplateParameters.Read("""
            Parameters:
              Count: {Type: Number, Default: 2}
              Image: {Type: String}
            Resources:
              A: {Type: AWS::SQS::Queue, Properties: {QueueName: !Sub '${Image}-x'}}
            """, "a.yaml");

        Assert.That(parameters, Is.EqualTo(new Dictionary<string, string?> { ["Count"] = "2", ["Image"] = null }));
    }

    [Test]
    public void A_json_template_is_read_as_well() =>
        Assert.That(TemplateParameters.Read("""{"Parameters":{"A":{"Type":"String","Default":""}},"Resources":{}}""", "a.json")["A"], Is.Empty);

    [Test]
    public void A_template_without_parameters_has_none() => Assert.That(TemplateParameters.Read("Resources: {}", "a.yaml"), Is.Empty);

    [Test]
    public void Broken_yaml_is_refused_with_file_and_line() =>
        Assert.That(() => TemplateParameters.Read("Parameters:\n  A: [", "infra/a.yaml"), Throws.TypeOf<UsageException>().With.Message.StartsWith("infra/a.yaml:"));
}
