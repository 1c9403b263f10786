using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Tests.StackOperations;

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

        Assert.That(parameters, Is.EqualTo(new Dictionary<string, TemplateParameter> { ["Count"] = new("2", false), ["Image"] = new(null, false) }));
    }

    [Test]
    public void A_json_template_is_read_as_well() =>
        Assert.That(TemplateParameters.Read("""{"Parameters":{"A":{"Type":"String","Default":""}},"Resources":{}}""", "a.json")["A"].Default, Is.Empty);

    [Test]
    public void A_value_that_may_not_be_shown_is_known() =>
        Assert.That(TemplateParameters.Read("Parameters: {A: {Type: String, NoEcho: true}, B: {Type: String, NoEcho: 'TRUE'}, C: {Type: String}}\nResources: {}", "a.yaml").Values.Select(p => p.NoEcho), Is.EqualTo(new[] { true, true, false }));

    [Test]
    public void A_template_without_parameters_has_none() => Assert.That(TemplateParameters.Read("Resources: {}", "a.yaml"), Is.Empty);

    [Test]
    public void Broken_yaml_is_refused_with_file_and_line() =>
        Assert.That(() => TemplateParameters.Read("Parameters:\n  A: [", "infra/a.yaml"), Throws.TypeOf<UsageException>().With.Message.StartsWith("infra/a.yaml:"));
}
