using System.Text.Json.Nodes;
using Amazon.CloudFormation;
using Amazon.CloudFormation.Model;
using Amazon.SimpleSystemsManagement;
using Pipeline.Processes;
using Pipeline.Tests.LocalCloud;

namespace Pipeline.Tests.Clients;

/// <summary>
/// The AWS CLI. It looks only every 5 to 30 seconds, so its stories run side by side; each has a stack of its own. What is not the story is
/// asked with our own clients: starting the CLI takes a second.
/// </summary>
[TestFixture, Parallelizable(ParallelScope.Children), Platform(Exclude = "Win"), Category("Slow")]
internal sealed class AwsCommandLine
{
    private ClientCloud _cloud = null!;
    private string _aws = "";
    private string _image = "";
    private AmazonCloudFormationClient _stacks = null!;
    private AmazonSimpleSystemsManagementClient _parameters = null!;

    [OneTimeSetUp]
    public async Task Start()
    {
        _aws = Requires.Program("aws", "aws");
        _cloud = await ClientCloud.Start();
        _image = await _cloud.PushProbe();
        _stacks = new AmazonCloudFormationClient(FrontClients.Developer, _cloud.Configure(new AmazonCloudFormationConfig()));
        _parameters = new AmazonSimpleSystemsManagementClient(FrontClients.Developer, _cloud.Configure(new AmazonSimpleSystemsManagementConfig()));
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        if (_cloud is not null)
        {
            _stacks.Dispose();
            _parameters.Dispose();
            await _cloud.DisposeAsync();
        }
    }

    [Test]
    public async Task Deploy_makes_a_stack_changes_it_and_then_has_nothing_to_do()
    {
        var made = await Run(Deploy("deployed", Greeting("first")));
        Assert.That(made.ExitCode, Is.Zero, made.Error);
        Assert.That(made.Output, Does.Contain("Successfully created/updated stack - deployed"));

        Assert.That((await Run(Deploy("deployed", Greeting("second")))).ExitCode, Is.Zero);
        Assert.That(await Value("/deployed/greeting"), Is.EqualTo("second"));
        Assert.That(await Status("deployed"), Is.EqualTo("UPDATE_COMPLETE"));

        var nothing = await Run([.. Deploy("deployed", Greeting("second")), "--no-fail-on-empty-changeset"]);
        Assert.That(nothing.ExitCode, Is.Zero, nothing.Error);
        Assert.That(nothing.Output, Does.EndWith("\n\nNo changes to deploy. Stack deployed is up to date\n"));
        var failing = await Run([.. Deploy("deployed", Greeting("second")), "--fail-on-empty-changeset"]);
        Assert.That(failing.ExitCode, Is.EqualTo(255));
        Assert.That(failing.Error, Does.Contain("No changes to deploy. Stack deployed is up to date"));
    }

    [Test]
    public async Task Deploy_of_an_update_that_fails_says_so_and_the_old_values_live_on()
    {
        await Made("failing", Greeting("good"));

        var failed = await Run(Deploy("failing", Greeting("bad", "Impossible: {Type: AWS::SQS::Queue, DependsOn: Greeting, Properties: {VisibilityTimeout: 99999}}")));

        Assert.That(failed.ExitCode, Is.Not.Zero);
        Assert.That(failed.Error, Does.Contain("Failed to create/update the stack"));
        Assert.That(await Status("failing"), Is.EqualTo("UPDATE_ROLLBACK_COMPLETE"));
        Assert.That(await Value("/failing/greeting"), Is.EqualTo("good"));
        var events = (await _stacks.DescribeStackEventsAsync(new DescribeStackEventsRequest { StackName = "failing" })).StackEvents;
        Assert.That(events.Where(e => e.ResourceStatus == ResourceStatus.CREATE_FAILED).Select(e => e.LogicalResourceId), Is.EqualTo(new[] { "Impossible" }));
    }

    [Test]
    public async Task Deploy_of_a_large_template_goes_through_a_bucket()
    {
        await Ok("s3api", "create-bucket", "--bucket", "templates", "--create-bucket-configuration", $"LocationConstraint={ClientCloud.Region}");
        var template = Greeting("large", string.Join('\n', Enumerable.Range(0, 150).Select(i => $"Padding{i}: {{Type: AWS::CloudFormation::WaitConditionHandle, Metadata: {{About: {new string('x', 400)}}}}}")));
        Assert.That(template, Has.Length.GreaterThan(51_200));

        var refused = await Run(Deploy("large", template));
        Assert.That(refused.ExitCode, Is.Not.Zero);
        Assert.That(refused.Error, Does.Contain("51,200 bytes must be deployed via an S3 Bucket"));

        Assert.That((await Run([.. Deploy("large", template), "--s3-bucket", "templates", "--s3-prefix", "stacks"])).ExitCode, Is.Zero);
        Assert.That(await Value("/large/greeting"), Is.EqualTo("large"));
        Assert.That(await Ok("s3api", "list-objects-v2", "--bucket", "templates", "--query", "Contents[].Key", "--output", "text"), Does.StartWith("stacks/").And.EndsWith(".template"));
    }

    [Test]
    public async Task Waits_for_a_stack_s_creation()
    {
        await Ok("cloudformation", "create-stack", "--stack-name", "created", "--template-body", Greeting("created"));
        await Ok("cloudformation", "wait", "stack-create-complete", "--stack-name", "created");
        Assert.That(await Status("created"), Is.EqualTo("CREATE_COMPLETE"));
    }

    [Test]
    public async Task Waits_for_a_change_set_and_a_stack_s_update()
    {
        await Made("updated", Greeting("old"));
        await Ok("cloudformation", "create-change-set", "--stack-name", "updated", "--change-set-name", "newer", "--template-body", Greeting("new"));
        await Ok("cloudformation", "wait", "change-set-create-complete", "--stack-name", "updated", "--change-set-name", "newer");
        await Ok("cloudformation", "execute-change-set", "--stack-name", "updated", "--change-set-name", "newer");
        await Ok("cloudformation", "wait", "stack-update-complete", "--stack-name", "updated");
        Assert.That(await Value("/updated/greeting"), Is.EqualTo("new"));
    }

    [Test]
    public async Task Waits_for_a_stack_s_deletion()
    {
        await Made("deleted", Greeting("gone"));
        await Ok("cloudformation", "delete-stack", "--stack-name", "deleted");
        await Ok("cloudformation", "wait", "stack-delete-complete", "--stack-name", "deleted");
        Assert.That(async () => await Value("/deleted/greeting"), Throws.TypeOf<Amazon.SimpleSystemsManagement.Model.ParameterNotFoundException>());
        // The waiter knows a failure when it sees one.
        Assert.That((await Run("cloudformation", "wait", "stack-create-complete", "--stack-name", "deleted")).ExitCode, Is.EqualTo(255));
    }

    [Test]
    public async Task Waits_for_a_service_to_be_stable()
    {
        await Ok("ecs", "create-cluster", "--cluster-name", "services");
        var definition = await Definition("stable");
        await Ok("ecs", "create-service", "--cluster", "services", "--service-name", "stable", "--task-definition", definition, "--desired-count", "2", "--launch-type", "FARGATE", "--network-configuration", Network);
        await Ok("ecs", "wait", "services-stable", "--cluster", "services", "--services", "stable");
        Assert.That(await Ok("ecs", "describe-services", "--cluster", "services", "--services", "stable", "--query", "services[0].[runningCount,deployments[0].rolloutState,length(deployments)]", "--output", "text"), Is.EqualTo("2\tCOMPLETED\t1"));
        await Ok("ecs", "delete-service", "--cluster", "services", "--service", "stable", "--force");
    }

    [Test]
    public async Task Runs_a_task_and_waits_for_its_start_and_end()
    {
        await Ok("ecs", "create-cluster", "--cluster-name", "tasks");
        var task = await Ok("ecs", "run-task", "--cluster", "tasks", "--task-definition", await Definition("single"), "--launch-type", "FARGATE", "--network-configuration", Network,
            "--overrides", """{"containerOverrides":[{"name":"probe","environment":[{"name":"PROBE_VERSION","value":"from an override"}]}]}""", "--query", "tasks[0].taskArn", "--output", "text");
        await Ok("ecs", "wait", "tasks-running", "--cluster", "tasks", "--tasks", task);
        await Ok("ecs", "stop-task", "--cluster", "tasks", "--task", task, "--reason", "seen enough");
        await Ok("ecs", "wait", "tasks-stopped", "--cluster", "tasks", "--tasks", task);
        Assert.That(await Ok("ecs", "describe-tasks", "--cluster", "tasks", "--tasks", task, "--query", "tasks[0].[lastStatus,stoppedReason,containers[0].exitCode]", "--output", "text"), Is.EqualTo("STOPPED\tseen enough\t0"));
    }

    private const string Network = "awsvpcConfiguration={subnets=[subnet-1],securityGroups=[sg-1],assignPublicIp=DISABLED}";

    /// <summary>A template with one parameter of the stack's own name, and maybe more resources.</summary>
    private static string Greeting(string text, string more = "") => $$"""
        Resources:
          Greeting:
            Type: AWS::SSM::Parameter
            Properties: {Name: !Sub "/${AWS::StackName}/greeting", Type: String, Value: {{text}}}
        {{string.Join('\n', more.Split('\n').Select(line => $"  {line}"))}}
        """;

    private static string[] Deploy(string stack, string template)
    {
        var file = Path.Combine(TestContext.CurrentContext.WorkDirectory, $"{stack}-{Guid.NewGuid():N}.yaml");
        File.WriteAllText(file, template);
        return ["cloudformation", "deploy", "--stack-name", stack, "--template-file", file];
    }

    /// <summary>A stack that is there already: its making is not this story's.</summary>
    private async Task Made(string stack, string template)
    {
        await _stacks.CreateStackAsync(new CreateStackRequest { StackName = stack, TemplateBody = template });
        await Poll.Until(async () => await Status(stack) == "CREATE_COMPLETE", $"{stack} is made");
    }

    private Task<string> Definition(string family)
    {
        var container = new JsonArray(new JsonObject { ["name"] = "probe", ["image"] = _image, ["essential"] = true, ["portMappings"] = new JsonArray(new JsonObject { ["containerPort"] = 8080 }) });
        return Ok("ecs", "register-task-definition", "--family", family, "--requires-compatibilities", "FARGATE", "--network-mode", "awsvpc", "--cpu", "256", "--memory", "512",
            "--container-definitions", container.ToJsonString(), "--query", "taskDefinition.taskDefinitionArn", "--output", "text");
    }

    private async Task<string> Status(string stack) => (await _stacks.DescribeStacksAsync(new DescribeStacksRequest { StackName = stack })).Stacks.Single().StackStatus;

    private async Task<string> Value(string parameter) => (await _parameters.GetParameterAsync(new() { Name = parameter })).Parameter.Value;

    private Task<CommandResult> Run(params string[] arguments) => _cloud.Run(_aws, ["--endpoint-url", _cloud.Endpoint, .. arguments]);

    /// <summary>The output of a call that must work.</summary>
    private async Task<string> Ok(params string[] arguments)
    {
        var result = await Run(arguments);
        Assert.That(result.ExitCode, Is.Zero, $"aws {string.Join(' ', arguments)}: {result.Output} {result.Error}");
        return result.Output.Trim();
    }
}
