using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Parity;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.StackOperations;

namespace Pipeline.Tests.Parity;

/// <summary>Two environments of one system, as they really are, compared.</summary>
public sealed class EnvironmentParityTests
{
    private const string Stacks = """
        stacks: { a: { template: a.yaml } }
        parameters: { Size: "256", Level: info }
        """;

    private CloudServer _cloud = null!;
    private StackSystem _system = null!;

    [SetUp]
    public async Task Deploy()
    {
        _cloud = await CheckedCloud.Start();
        _system = new StackSystem(_cloud, Stacks);
        _system.Write("pipeline.yml", (await File.ReadAllTextAsync(Path.Combine(_system.Root, "pipeline.yml"))).Replace("prod: { gates:", "prod: { parameters: { Size: \"512\" }, gates:", StringComparison.Ordinal));
        _system.Write("a.yaml", $$"""
            Parameters:
              Size: { Type: String }
              Level: { Type: String }
              EnvironmentName: { Type: String }
            Resources:
              Secret:
                Type: AWS::SecretsManager::Secret
                Properties: { GenerateSecretString: {} }
              Starter:
                Type: AWS::IAM::Role
                Properties:
                  AssumeRolePolicyDocument: { Statement: [{ Effect: Allow, Principal: { Service: ecs-tasks.amazonaws.com }, Action: "sts:AssumeRole" }] }
                  Policies: [{ PolicyName: read, PolicyDocument: { Statement: [{ Effect: Allow, Action: "secretsmanager:GetSecretValue", Resource: !Ref Secret }] } }]
              Task:
                Type: AWS::ECS::TaskDefinition
                Properties:
                  Family: !Sub "{{_system.Name}}-${EnvironmentName}"
                  RequiresCompatibilities: [FARGATE]
                  NetworkMode: awsvpc
                  Cpu: !Ref Size
                  Memory: 1 GB
                  ExecutionRoleArn: !GetAtt Starter.Arn
                  ContainerDefinitions:
                    - Name: job
                      Image: public.example/job@sha256:0000000000000000000000000000000000000000000000000000000000000000
                      PortMappings: [{ ContainerPort: 8080 }]
                      Environment: [{ Name: LEVEL, Value: !Ref Level }]
                      Secrets: [{ Name: KEY, ValueFrom: !Ref Secret }]
            """);
        foreach (var environment in (string[])["dev", "prod"])
        {
            _system.Environment = environment;
            await _system.Deploy();
        }
    }

    [TearDown]
    public async Task Stop()
    {
        _system.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test]
    public async Task What_is_declared_and_what_follows_from_it_is_intended()
    {
        var report = await Compare();

        Assert.That(report.Undeclared.Select(d => $"{d.Property}: {d.Left} {d.Right}"), Is.Empty);
        Assert.That(report.Differences.Select(d => $"{d.Kind} {d.Property}"), Is.EquivalentTo(new[]
        {
            "Parameter EnvironmentName", "Parameter Size", "TaskDefinition Cpu", "TaskDefinition Family", "TaskDefinition ExecutionRoleArn", "Secret ContainerDefinitions.job.Secrets.KEY",
        }));
    }

    [Test]
    public async Task What_was_deployed_once_and_is_not_written_any_more_is_not()
    {
        var file = await File.ReadAllTextAsync(Path.Combine(_system.Root, "pipeline.yml"));
        _system.Write("pipeline.yml", file.Replace("Size: \"512\"", "Size: \"512\", Level: debug", StringComparison.Ordinal));
        await _system.Deploy();
        _system.Write("pipeline.yml", file);

        var report = await Compare();

        Assert.That(report.Undeclared.Select(d => (d.Kind, d.Property, d.Left, d.Right)), Is.EqualTo(new[]
        {
            (ParityKind.Parameter, "Level", "info", "debug"), (ParityKind.TaskDefinition, "ContainerDefinitions.job.Environment.LEVEL", "info", "debug"),
        }));
    }

    [Test]
    public async Task An_environment_that_does_not_answer_is_said_so()
    {
        var configuration = ConfigurationLoader.Load(_system.Root, "prod");
        var silent = await EnvironmentPicture.Read(configuration, (_, _) => Task.FromResult(new AwsAccount(AwsConnection.ToEmbeddedCloud(FreePort.Next(), "eu-central-1", "123456789012"))), CancellationToken.None);
        var refused = await EnvironmentPicture.Read(configuration, (_, _) => throw new PipelineException(ExitCode.Refused, "another account", new Detail("next", "AWS_PROFILE=prod")), CancellationToken.None);

        Assert.That(silent.Unreachable, Is.Not.Null);
        Assert.That(refused.Unreachable, Is.EqualTo("another account (AWS_PROFILE=prod)"));
        Assert.That(ParityComparison.Of(await Picture("dev"), silent).NotCompared.Keys, Is.EqualTo(new[] { "prod" }));
    }

    private async Task<ParityReport> Compare() => ParityComparison.Of(await Picture("dev"), await Picture("prod"));

    private Task<EnvironmentPicture> Picture(string environment) =>
        EnvironmentPicture.Read(ConfigurationLoader.Load(_system.Root, environment), (_, _) => Task.FromResult(_system.Aws), CancellationToken.None);
}
