using Amazon.CloudWatch.Model;
using Amazon.ElasticLoadBalancingV2.Model;
using Amazon.SecretsManager.Model;
using Amazon.SimpleSystemsManagement.Model;
using Pipeline.Aws;
using Pipeline.Deployments;
using Pipeline.LocalCloud.Protocols;
using Pipeline.Ledger;
using Pipeline.Outcomes;
using Pipeline.Preflight;
using Pipeline.StackOperations;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.Deployments;
using Task = System.Threading.Tasks.Task;

namespace Pipeline.Tests.Preflight;

/// <summary>What a release needs is looked at before anything is changed. One environment that runs; every test breaks the templates in its own way.</summary>
[TestFixture]
public sealed class PreflightTests
{
    private const string Template = "infra/web.yaml";
    private const string Environment = "          Environment: [{Name: PROBE_FAULT";
    private const string Trust = "AssumeRolePolicyDocument: {Version: \"2012-10-17\", Statement: [{Effect: Allow, Principal: {Service: ecs-tasks.amazonaws.com}, Action: \"sts:AssumeRole\"}]}";
    private Rehearsal _system = null!;
    private string _template = "";
    private string _secret = "";
    private int _version;

    [OneTimeSetUp]
    public async Task Deployed()
    {
        _system = await Rehearsal.Start(CheckedCloud.Check);
        // A second target group that nobody registers with, to have something to split traffic with.
        _system.Change(Template, "  Rule:\n", "  Other:\n    Type: AWS::ElasticLoadBalancingV2::TargetGroup\n    Properties: {VpcId: !ImportValue demo-Vpc, TargetType: ip, Protocol: HTTP, Port: 8080}\n  Rule:\n");
        await _system.Deploy("0000000");
        _template = await File.ReadAllTextAsync(_system.File(Template));
        _secret = (await _system.Connection.Secrets.CreateSecretAsync(new CreateSecretRequest { Name = "shop", SecretString = """{"user":"a","password":"b"}""", Tags = [new() { Key = "system", Value = "demo" }] })).ARN;
        await _system.Connection.Parameters.PutParameterAsync(new PutParameterRequest { Name = "/demo/flag", Value = "on", Type = "String" });
        foreach (var (name, state) in new[] { ("demo-calm", "OK"), ("demo-red", "ALARM") })
        {
            await _system.Connection.CloudWatch.PutMetricAlarmAsync(new PutMetricAlarmRequest { AlarmName = name, Namespace = "demo", MetricName = "errors", Statistic = "Sum", Period = 3600, EvaluationPeriods = 24, Threshold = 1, ComparisonOperator = "GreaterThanThreshold" });
            await _system.Connection.CloudWatch.SetAlarmStateAsync(new SetAlarmStateRequest { AlarmName = name, StateValue = state, StateReason = "a test wants it" });
        }
    }

    [OneTimeTearDown]
    public async Task Stop() => await _system.DisposeAsync();

    [SetUp]
    public void Restore()
    {
        File.WriteAllText(_system.File(Template), _template);
        _system.Cloud.Faults.Clear();
    }

    [Test]
    public async Task A_secret_that_nobody_has_made_is_named()
    {
        WithSecret("arn:aws:secretsmanager:eu-central-1:123456789012:secret:mall-AbCdEf", May("secretsmanager:GetSecretValue", "*"));

        Assert.That(await Refused(), Has.One.Contains("secrets  web/web PASSWORD: Secrets Manager has no secret 'arn:aws:secretsmanager:eu-central-1:123456789012:secret:mall-AbCdEf'"));
    }

    [Test]
    public async Task A_secret_without_the_json_key_is_named()
    {
        WithSecret($"{_secret}:passwort::", May("secretsmanager:GetSecretValue", "*"));
        Assert.That(await Refused(), Has.One.Contains("has no JSON key 'passwort'"));
    }

    [TestCase("ssm:GetParameters", "*", TestName = "A_secret_that_the_execution_role_may_not_read_is_named(another action)")]
    [TestCase("secretsmanager:GetSecretValue", "arn:aws:secretsmanager:eu-central-1:123456789012:secret:mall-*", TestName = "A_secret_that_the_execution_role_may_not_read_is_named(another resource)")]
    public async Task A_secret_that_the_execution_role_may_not_read_is_named(string action, string resource)
    {
        WithSecret($"{_secret}:password::", May(action, resource));

        Assert.That(await Refused(), Has.One.Contains("execution role").And.Contains("may not secretsmanager:GetSecretValue").And.Contains("implicitDeny"));
    }

    [Test]
    public async Task A_parameter_that_nobody_has_made_is_named()
    {
        WithSecret("/demo/flog", May("ssm:GetParameters", "*"));

        Assert.That(await Refused(), Has.One.Contains("SSM has no parameter '/demo/flog'"));
    }

    [Test]
    public async Task A_role_that_tasks_may_not_take_is_named()
    {
        WithSecret($"{_secret}:password::", May("secretsmanager:GetSecretValue", "*"), Trust.Replace("ecs-tasks", "lambda", StringComparison.Ordinal));

        Assert.That(await Refused(), Has.One.Contains("roles  web execution role").And.Contains("does not trust ecs-tasks.amazonaws.com"));
    }

    [Test]
    public async Task A_role_that_nobody_has_made_is_named()
    {
        _system.Change(Template, "      Cpu: \"256\"\n", "      Cpu: \"256\"\n      TaskRoleArn: arn:aws:iam::123456789012:role/nobody\n");

        Assert.That(await Refused(), Has.One.Contains("there is no role 'nobody'"));
    }

    [Test]
    public async Task A_log_group_that_nobody_has_made_is_named()
    {
        _system.Change(Template, Environment, "          LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: /demo/nowhere, awslogs-region: eu-central-1, awslogs-stream-prefix: w}}\n" + Environment);

        Assert.That(await Refused(), Has.One.Contains("logs  web/web: there is no log group '/demo/nowhere'"));
    }

    [Test]
    public async Task An_image_for_another_processor_is_named()
    {
        var other = Pipeline.LocalCloud.Registry.ImageStore.Architecture == "amd64" ? "ARM64" : "X86_64";
        _system.Change(Template, "      Cpu: \"256\"\n", $"      Cpu: \"256\"\n      RuntimePlatform: {{CpuArchitecture: {other}, OperatingSystemFamily: LINUX}}\n");

        Assert.That(await Refused(), Has.One.Contains($"the image is for {Pipeline.LocalCloud.Registry.ImageStore.Architecture}, the task definition asks for"));
    }

    [Test]
    public async Task An_image_that_is_gone_is_named()
    {
        _system.Change(Template, "Image: !Ref ImageUri", $"Image: !Sub \"${{AWS::AccountId}}/x@sha256:{new string('a', 64)}\"");
        _system.Change(Template, "!Sub \"${AWS::AccountId}/x", $"!Sub \"{new Uri(_system.Aws.Endpoint!.ToString()).Authority}/demo/web");

        Assert.That(await Refused(), Has.One.Contains($"the registry has no demo/web@sha256:{new string('a', 64)}"));
    }

    [Test]
    public async Task Alarms_that_ring_or_do_not_exist_are_named_and_a_calm_one_is_not()
    {
        _system.Change(Template, "DeploymentCircuitBreaker: {Enable: false, Rollback: false}", "DeploymentCircuitBreaker: {Enable: false, Rollback: false}\n        Alarms: {Enable: true, Rollback: true, AlarmNames: [demo-calm, demo-red, demo-none]}");

        var refused = await Refused();

        Assert.That(refused, Has.One.Contains("alarm 'demo-red' is in ALARM already").And.One.Contains("'demo-none', which does not exist").And.None.Contains("demo-calm"));
    }

    [Test]
    public async Task Traffic_that_is_split_is_named()
    {
        var resources = await _system.Aws.Stacks.Resources("demo-staging-web", CancellationToken.None);
        await Share(resources, 60, 40);
        try
        {
            _system.Change(Template, "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 21");

            Assert.That(await Refused(), Has.One.Contains("traffic is split: 60 to").And.Contains("40 to"));
        }
        finally
        {
            await Share(resources, 1, 0);
        }
    }

    [Test]
    public async Task A_task_count_that_the_template_would_take_from_the_autoscaler_is_named()
    {
        var service = (await _system.Aws.ServicesOf("demo-staging-web", CancellationToken.None)).Single();
        var resource = $"service/{service.ClusterArn.Split('/')[^1]}/{service.Name}";
        await _system.Connection.Scaling.RegisterScalableTargetAsync(new() { ServiceNamespace = "ecs", ScalableDimension = "ecs:service:DesiredCount", ResourceId = resource, MinCapacity = 2, MaxCapacity = 6 });
        try
        {
            _system.Change(Template, "HealthCheckGracePeriodSeconds: 20", "HealthCheckGracePeriodSeconds: 21");

            Assert.That(await Refused(), Has.One.Contains("the template sets DesiredCount, but the service is scaled between 2 and 6 tasks and runs 2"));
        }
        finally
        {
            await _system.Connection.Scaling.DeregisterScalableTargetAsync(new() { ServiceNamespace = "ecs", ScalableDimension = "ecs:service:DesiredCount", ResourceId = resource });
        }
    }

    [Test]
    public async Task A_role_that_exists_already_is_asked_what_it_may()
    {
        const string Name = "starter";
        await _system.Connection.CloudFormation.CreateStackAsync(new()
        {
            StackName = "elsewhere",
            Capabilities = ["CAPABILITY_NAMED_IAM"],
            TemplateBody = $"{{Resources: {{Role: {{Type: AWS::IAM::Role, Properties: {{RoleName: {Name}, {Trust}, Policies: [{{PolicyName: deny, PolicyDocument: {{Version: \"2012-10-17\", Statement: [{May("*", "*")}, {{Effect: Deny, Action: \"secretsmanager:*\", Resource: \"*\"}}]}}}}]}}}}}}}}",
        });
        await Poll.Until(async () => (await _system.Aws.Stacks.Describe("elsewhere", CancellationToken.None))!.Succeeded, "the role is made");
        _system.Change(Template, Environment, $"          Secrets: [{{Name: PASSWORD, ValueFrom: \"{_secret}:password::\"}}]\n" + Environment);
        _system.Change(Template, "      Cpu: \"256\"\n", $"      Cpu: \"256\"\n      ExecutionRoleArn: arn:aws:iam::123456789012:role/{Name}\n");

        Assert.That(await Refused(), Has.One.Contains($"execution role arn:aws:iam::123456789012:role/{Name} may not secretsmanager:GetSecretValue on it (explicitDeny)"));
    }

    [Test]
    public async Task An_export_that_nobody_has_or_will_have_is_named()
    {
        _system.Change(Template, "Environment: [{Name: PROBE_FAULT, Value: !Ref Fault}]", "Environment: [{Name: PROBE_FAULT, Value: !ImportValue demo-Nothing}]");

        Assert.That(await Refused(), Has.One.Contains("imports  web: it imports 'demo-Nothing', which no stack exports or will export"));
    }

    [Test]
    public async Task Everything_that_is_wrong_is_said_at_once_and_nothing_was_touched()
    {
        var before = (await (await _system.Ledger()).Releases(50, CancellationToken.None)).Select(r => r.Id).ToList();
        WithSecret($"{_secret}:passwort::", May("secretsmanager:GetSecretValue", "*"), Trust.Replace("ecs-tasks", "lambda", StringComparison.Ordinal));
        _system.Change(Template, Environment, "          LogConfiguration: {LogDriver: awslogs, Options: {awslogs-group: /demo/nowhere, awslogs-region: eu-central-1, awslogs-stream-prefix: w}}\n" + Environment);

        Assert.That(await Refused(), Has.Count.EqualTo(3));
        Assert.That((await (await _system.Ledger()).Releases(50, CancellationToken.None)).Select(r => r.Id), Is.EqualTo(before), "no release was begun");
        Assert.That(await EnvironmentLock.Holder(await _system.Store(), Rehearsal.Environment, CancellationToken.None), Is.Null, "nobody holds the environment");
    }

    [Test]
    public async Task What_is_there_and_readable_is_deployed()
    {
        WithSecret($"{_secret}:password::", "{Effect: Allow, Action: \"secretsmanager:Get*\", Resource: \"*\", Condition: {StringEquals: {\"aws:ResourceTag/system\": demo}}}");
        _system.Change(Template, "ValueFrom: \"" + _secret + ":password::\"}", "ValueFrom: \"" + _secret + ":password::\"}, {Name: FLAG, ValueFrom: /demo/flag}");
        _system.Change(Template, "Statement: [{Effect: Allow, Action: \"secretsmanager", "Statement: [{Effect: Allow, Action: \"ssm:GetParameters\", Resource: !Sub \"arn:${AWS::Partition}:ssm:${AWS::Region}:${AWS::AccountId}:parameter/demo/*\"}, {Effect: Allow, Action: \"secretsmanager");

        var result = await _system.Deploy($"{++_version:x7}");

        Assert.That(result, Is.Not.Null);
        Assert.That(_system.Printed, Does.Match(@"Preflight\s+\d+ OK, 0 NG, \d+ skipped"));
        // What runs now is what the next test compares with.
        _template = await File.ReadAllTextAsync(_system.File(Template));
    }

    [Test]
    public async Task A_look_that_is_not_allowed_is_skipped_with_the_permission_s_name()
    {
        WithSecret($"{_secret}:password::", May("secretsmanager:GetSecretValue", "*"));
        _system.Cloud.Faults.Add(new Fault("secretsmanager", "DescribeSecret", FaultKind.Refuse)
        {
            Refusal = new AwsException("AccessDeniedException", "User: arn:aws:sts::123456789012:assumed-role/plan/x is not authorized to perform: secretsmanager:DescribeSecret on resource: shop because no identity-based policy allows it"),
        });

        var findings = await Look(TimeSpan.FromSeconds(15));

        Assert.That(findings.Single(f => f.Subject == "web/web PASSWORD"), Is.EqualTo(new Finding(Standing.Skip, "web/web PASSWORD", "these credentials lack the permission secretsmanager:DescribeSecret")));
    }

    [Test]
    public async Task A_right_that_depends_on_what_only_a_running_task_knows_is_skipped()
    {
        WithSecret($"{_secret}:password::", "{Effect: Allow, Action: \"secretsmanager:Get*\", Resource: \"*\", Condition: {StringEquals: {\"aws:SourceVpc\": vpc-1}}}");

        var findings = await Look(TimeSpan.FromSeconds(15));

        Assert.That(findings.Single(f => f.Subject == "web/web PASSWORD"), Has.Property("Standing").EqualTo(Standing.Skip).And.Property("Text").Contains("depends on aws:SourceVpc"));
    }

    [Test]
    public async Task A_look_without_an_answer_is_skipped_at_its_deadline()
    {
        WithSecret($"{_secret}:password::", May("secretsmanager:GetSecretValue", "*"));
        _system.Cloud.Faults.Add(new Fault("secretsmanager", "DescribeSecret", FaultKind.Hang));

        var findings = await Look(TimeSpan.FromSeconds(2));

        Assert.That(findings.Single(f => f.Subject == "web/web PASSWORD"), Is.EqualTo(new Finding(Standing.Skip, "web/web PASSWORD", "no answer within 2 s")));
    }

    [Test]
    public async Task Doctor_looks_at_what_runs()
    {
        var groups = await Doctor.Examine(_system.Configuration, _system.Aws, new EmbeddedCloud(Path.GetTempPath(), 1), CancellationToken.None);
        var findings = groups.SelectMany(g => g.Findings.Select(f => (g.Name, Finding: f))).ToList();

        Assert.Multiple(() =>
        {
            Assert.That(findings.Where(f => f.Finding.Standing == Standing.Ng), Is.Empty);
            Assert.That(groups.Select(g => g.Name), Is.SupersetOf(new[] { "machine", "configuration", "account", "ledger", "stacks", "images", "logs", "traffic" }));
            Assert.That(findings.Single(f => f.Name == "account").Finding.Text, Does.Contain("arn:aws:iam::123456789012:user/developer"));
            Assert.That(findings.Single(f => f.Name == "traffic").Finding.Text, Does.Match("^2 of 2 targets of .* are healthy$"));
            Assert.That(findings.Count(f => f is { Name: "stacks", Finding.Text: "CREATE_COMPLETE" or "UPDATE_COMPLETE" }), Is.EqualTo(3));
        });
    }

    private async Task<List<Finding>> Look(TimeSpan patience)
    {
        var configuration = _system.Configuration;
        var state = await (await _system.Ledger()).State(CancellationToken.None);
        var service = configuration.Services.Single();
        var running = state.Services["web"].Running;
        var stacks = StackPlanner.Plan(configuration, state, [new ServiceTarget(service, running.Image, running.Digest, "next")]);
        var groups = await new Doctor(configuration, _system.Aws, StackRules.Of(configuration.Environment, _system.Aws.PollInterval)) { Patience = patience }.Demand(stacks, CancellationToken.None);
        return [.. groups.SelectMany(g => g.Findings)];
    }

    /// <summary>A release that must be refused; answers its NGs.</summary>
    private async Task<List<string>> Refused()
    {
        var refusal = await Caught(() => _system.Deploy($"{++_version:x7}"));

        Assert.That(refusal.ExitCode, Is.EqualTo(ExitCode.Refused));
        Assert.That(refusal.Details, Has.One.Matches<Detail>(d => d.Label == "staging" && d.Text == "untouched"));
        var bad = refusal.Details.Where(d => d.Label == "NG").Select(d => d.Text).ToList();
        Assert.That(bad, Is.All.Contains("\nfix: "), "each says what to do");
        return bad;
    }

    private static async Task<PipelineException> Caught(Func<Task> run)
    {
        try
        {
            await run();
        }
        catch (PipelineException e)
        {
            return e;
        }

        throw new AssertionException("it was not refused");
    }

    private static string May(string action, string resource) => $"{{Effect: Allow, Action: \"{action}\", Resource: \"{resource}\"}}";

    /// <summary>A container with a secret, and the execution role that is to read it.</summary>
    private void WithSecret(string from, string statement, string trust = Trust)
    {
        _system.Change(Template, Environment, $"          Secrets: [{{Name: PASSWORD, ValueFrom: \"{from}\"}}]\n" + Environment);
        _system.Change(Template, "      Cpu: \"256\"\n", "      Cpu: \"256\"\n      ExecutionRoleArn: !GetAtt Starter.Arn\n");
        _system.Change(Template, "  Service:\n    Type: AWS::ECS::Service", $"  Starter:\n    Type: AWS::IAM::Role\n    Properties:\n      {trust}\n      Policies: [{{PolicyName: read, PolicyDocument: {{Version: \"2012-10-17\", Statement: [{statement}]}}}}]\n  Service:\n    Type: AWS::ECS::Service");
    }

    private async Task Share(IReadOnlyDictionary<string, string> resources, int own, int other) => await _system.Connection.LoadBalancing.ModifyRuleAsync(new ModifyRuleRequest
    {
        RuleArn = resources["Rule"],
        Actions = [new() { Type = "forward", ForwardConfig = new() { TargetGroups = [new() { TargetGroupArn = resources["Group"], Weight = own }, new() { TargetGroupArn = resources["Other"], Weight = other }] } }],
    });
}
