using Pipeline.Backups;

namespace Pipeline.Tests.Backups;

public sealed class SecretBearingTests
{
    [Test]
    public void Resources_that_get_a_secret_s_value_are_found_and_no_others()
    {
        const string template = """
            Parameters:
              Password: {Type: String, NoEcho: true}
              Port: {Type: Number}
            Resources:
              Plain: {Type: AWS::SSM::Parameter, Properties: {Value: !Ref Port}}
              ByArn: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Secrets: [{Name: P, ValueFrom: !Ref Secret}]}]}}
              Given: {Type: AWS::ECS::TaskDefinition, Properties: {ContainerDefinitions: [{Environment: [{Name: P, Value: !Sub 'x${Password}'}]}]}}
              Resolved: {Type: AWS::SSM::Parameter, Properties: {Value: !Sub '{{resolve:secretsmanager:${Secret}:SecretString:password}}'}}
              Secure: {Type: AWS::SSM::Parameter, Properties: {Value: '{{resolve:ssm-secure:/x:1}}'}}
              Stored: {Type: AWS::SSM::Parameter, Properties: {Value: '{{resolve:ssm:/x:1}}'}}
              Secret: {Type: AWS::SecretsManager::Secret}
            """;

        Assert.That(SecretBearing.Of(template), Is.EquivalentTo(new[] { "Given", "Resolved", "Secure" }));
    }
}
