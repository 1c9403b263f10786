using Pipeline.LocalCloud;
using Pipeline.Outcomes;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.StackOperations;

/// <summary>What a stack has beside its template: tags, policy, termination protection; and templates that no request can hold.</summary>
public sealed class StackGuarding
{
    private CloudServer _cloud = null!;
    private StackSystem? _system;

    [OneTimeSetUp]
    public async Task StartCloud() => _cloud = await CheckedCloud.Start();

    [OneTimeTearDown]
    public async Task StopCloud() => await _cloud.DisposeAsync();

    [TearDown]
    public void End()
    {
        _system?.Dispose();
        _system = null;
    }

    [Test]
    public async Task Every_stack_has_every_tag_and_a_release_of_something_else_changes_none()
    {
        var system = System("stacks: { a: { template: a.yaml }, b: { template: b.yaml } }");
        system.Write("b.yaml", Template("1"));
        await system.Deploy();

        foreach (var stack in new[] { "a", "b" })
        {
            var tags = (await system.Stack(stack)).Tags;
            Assert.That(tags.Keys, Is.EquivalentTo(new[] { "system", "environment", "owner", "cost-centre", "service", "version" }));
            Assert.That((tags["system"], tags["environment"], tags["owner"], tags["cost-centre"], tags["service"]), Is.EqualTo((system.Name, "dev", "team", "retail", stack)));
        }

        system.Write("b.yaml", Template("2"));
        var before = await system.Stack("a");
        await system.Deploy();
        var after = await system.Stack("a");
        Assert.That((after.Updated, after.Tags["version"]), Is.EqualTo((before.Updated, before.Tags["version"])));
        Assert.That((await system.Stack("b")).Tags["version"], Is.Not.EqualTo(before.Tags["version"]));
    }

    [Test]
    public async Task A_policy_is_set_kept_and_replaced_and_it_counts()
    {
        var system = System("stacks: { a: { template: a.yaml, policy: a.json } }");
        system.Write("a.json", """{"Statement":[{"Effect":"Deny","Action":"Update:*","Principal":"*","Resource":"*"}]}""");
        await system.Deploy();
        var stack = await system.Stack("a");
        Assert.That(await system.Aws.Stacks.Policy(stack.Id, CancellationToken.None), Does.Contain("Deny"));
        Assert.That(await system.Deploy(), Is.Null, "set once, it is not due again");

        system.Write("a.yaml", Template("2"));
        var denied = await system.Refusal(ExitCode.DeploymentFailed);
        Assert.That(denied.Details.Single(d => d.Label == "what").Text, Does.Contain("stack policy"));

        system.Write("a.yaml", Template("1")).Write("a.json", """{"Statement":[{"Effect":"Allow","Action":"Update:*","Principal":"*","Resource":"*"}]}""");
        await system.Deploy();
        Assert.That(await system.Aws.Stacks.Policy(stack.Id, CancellationToken.None), Does.Contain("Allow"));
        system.Write("a.yaml", Template("2"));
        Assert.That(await system.Deploy(), Is.Not.Null);
    }

    [Test]
    public async Task A_policy_that_is_no_json_is_refused_before_anything_is_deployed()
    {
        var system = System("stacks: { a: { template: a.yaml, policy: a.json } }");
        system.Write("a.json", "Statement: []");

        Assert.That((await system.Refusal(ExitCode.Usage)).Message, Does.StartWith("a.json: is no JSON"));
    }

    [Test]
    public async Task Production_is_protected_from_deletion()
    {
        var system = System("stacks: { a: { template: a.yaml } }", "prod");
        await system.Deploy();

        Assert.That((await system.Stack("a")).TerminationProtection, Is.True);
        Assert.That(await system.Deploy(), Is.Null, "set once, it is not due again");
    }

    [Test]
    public async Task Elsewhere_protection_is_what_the_file_says_and_without_a_word_what_the_stack_has()
    {
        var system = System("stacks: { a: { template: a.yaml } }");
        await system.Deploy();
        var id = (await system.Stack("a")).Id;
        await system.Aws.Stacks.Protect(id, true, CancellationToken.None);
        system.Write("a.yaml", Template("2"));
        await system.Deploy();
        Assert.That((await system.Stack("a")).TerminationProtection, Is.True, "a person set it");

        system.Write("pipeline.yml", File.ReadAllText(Path.Combine(system.Root, "pipeline.yml")) + "\nterminationProtection: false\n");
        await system.Deploy();
        Assert.That((await system.Stack("a")).TerminationProtection, Is.False);
    }

    [Test]
    public async Task A_template_too_large_for_a_request_goes_through_the_ledgers_bucket()
    {
        var system = System("stacks: { a: { template: a.yaml } }");
        var template = Template("1") + "# " + new string('x', 60_000) + "\n";
        system.Write("a.yaml", template);
        await system.Deploy();

        Assert.That(await system.Aws.Stacks.Template((await system.Stack("a")).Id, CancellationToken.None), Is.EqualTo(template));
        var keys = new List<string>();
        await foreach (var entry in (await system.Store()).List("templates/", CancellationToken.None))
        {
            keys.Add(entry.Key);
        }

        Assert.That(keys, Is.EqualTo(new[] { $"templates/{Hashing.Of(template)}" }));
    }

    [Test]
    public async Task A_template_that_CloudFormation_can_not_read_at_all_is_refused()
    {
        var system = System("stacks: { a: { template: a.yaml } }");
        system.Write("a.yaml", Template("1") + "# " + new string('x', 1_000_000));

        Assert.That((await system.Refusal(ExitCode.DeploymentFailed)).Details[0].Text, Does.StartWith("REFUSED: the template of stack").And.Contain("1,000,000"));
    }

    [Test]
    public async Task A_synthesised_template_needs_no_bootstrapped_account()
    {
        var system = System("assembly: cdk.out");
        system.Write("pipeline.yml", File.ReadAllText(Path.Combine(system.Root, "pipeline.yml")).Replace("stack: a }", "stack: Net }", StringComparison.Ordinal))
            .Write("cdk.out/manifest.json", $$"""{"artifacts":{"Net":{"type":"aws:cloudformation:stack","properties":{"templateFile":"Net.json","stackName":"{{system.Name}}-net","tags":{"team":"shop"} } } } }""")
            .Write("cdk.out/Net.json", """
                {"Resources":{"P":{"Type":"AWS::SSM::Parameter","Properties":{"Type":"String","Value":"1"}}},
                 "Parameters":{"BootstrapVersion":{"Type":"AWS::SSM::Parameter::Value<String>","Default":"/cdk-bootstrap/hnb659fds/version","Description":"[cdk:skip]"}},
                 "Rules":{"CheckBootstrapVersion":{"Assertions":[{"Assert":{"Fn::Not":[{"Fn::Contains":[["1","2","3","4","5"],{"Ref":"BootstrapVersion"}]}]},"AssertDescription":"CDK bootstrap stack version 6 required."}]}}}
                """);

        await system.Deploy();

        var stack = (await system.Aws.Stacks.Describe($"{system.Name}-net", CancellationToken.None))!;
        Assert.That((stack.Status, stack.Parameters.Count, stack.Tags["team"]), Is.EqualTo(("CREATE_COMPLETE", 0, "shop")));
        Assert.That(await system.Deploy(), Is.Null);
    }

    [TestCase("eu-central-1", "ledger", "https://ledger.s3.eu-central-1.amazonaws.com/templates/x")]
    [TestCase("cn-north-1", "ledger", "https://ledger.s3.cn-north-1.amazonaws.com.cn/templates/x")]
    [TestCase("eu-central-1", "my.ledger", "https://s3.eu-central-1.amazonaws.com/my.ledger/templates/x")]
    public void On_AWS_a_template_has_an_https_address(string region, string bucket, string address)
    {
        using var aws = Pipeline.Aws.AwsConnection.ToAws(region, "123456789012");

        Assert.That(new Pipeline.Aws.ObjectStore(aws, bucket).Address("templates/x").AbsoluteUri, Is.EqualTo(address));
    }

    private StackSystem System(string stacks, string environment = "dev")
    {
        _system = new StackSystem(_cloud, stacks, environment);
        return _system.Write("a.yaml", Template("1"));
    }

    private static string Template(string value) => $"Resources:\n  P: {{Type: AWS::SSM::Parameter, Properties: {{Type: String, Value: '{value}'}}}}\n";
}
