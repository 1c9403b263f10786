using Pipeline.Assemblies;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using static Pipeline.Tests.Assemblies.Synthesised;

namespace Pipeline.Tests.Assemblies;

public sealed class CloudAssemblyTests
{
    private Synthesised _app = null!;

    [SetUp]
    public void Synthesise() => _app = new Synthesised();

    [TearDown]
    public void Delete() => _app.Dispose();

    [Test]
    public void A_folder_without_a_manifest_holds_none() => Assert.That(CloudAssembly.Find(_app.Root, "cdk.out"), Is.Null);

    [Test]
    public void Stacks_come_behind_those_they_depend_on()
    {
        _app.Artifacts(Stack("Web", ""","dependencies":["Api","Web.assets"]"""), Stack("Api", ""","dependencies":["Net"]"""), Stack("Net"), ("Tree", """{"type":"cdk:tree"}"""));

        Assert.That(_app.Read().Stacks.Select(s => s.Id), Is.EqualTo(new[] { "Net", "Api", "Web" }));
        Assert.That(_app.Read().Stacks[^1].DependsOn, Is.EqualTo(new[] { "Api" }));
    }

    [Test]
    public void A_stack_has_what_the_app_gave_it()
    {
        _app.Artifacts(Stack("Net", ""","environment":"aws://123456789012/eu-central-1" """, ""","stackName":"shop-net","parameters":{"A":"1"},"tags":{"team":"shop"},"terminationProtection":true"""));

        var stack = _app.Read().Stacks.Single();

        Assert.That((stack.StackName, stack.Template, stack.Account, stack.Region, stack.TerminationProtection), Is.EqualTo(("shop-net", "cdk.out/Net.template.json", "123456789012", "eu-central-1", true)));
        Assert.That((stack.Parameters["A"], stack.Tags["team"]), Is.EqualTo(("1", "shop")));
    }

    [Test]
    public void A_stack_for_anywhere_names_no_place()
    {
        _app.Artifacts(Stack("Net", ""","environment":"aws://unknown-account/unknown-region" """));

        Assert.That((_app.Read().Stacks.Single().Account, _app.Read().Stacks.Single().Region), Is.EqualTo(((string?)null, (string?)null)));
    }

    [Test]
    public void Stacks_of_a_stage_belong_to_it()
    {
        _app.Artifacts(Stack("Net"), ("assembly-Prod", """{"type":"cdk:cloud-assembly","properties":{"directoryName":"assembly-Prod"}}"""))
            .In("assembly-Prod/", Stack("ProdApi"));

        Assert.That(_app.Read().Stacks.Select(s => (s.Id, s.Template)), Is.EqualTo(new[] { ("Net", "cdk.out/Net.template.json"), ("ProdApi", "cdk.out/assembly-Prod/ProdApi.template.json") }));
    }

    [Test]
    public void A_circle_is_refused()
    {
        _app.Artifacts(Stack("A", ""","dependencies":["B"]"""), Stack("B", ""","dependencies":["A"]"""));

        Assert.That(() => _app.Read(), Throws.TypeOf<UsageException>().With.Message.Contains("circle: A, B"));
    }

    [Test]
    public void A_manifest_that_is_none_is_refused_by_name()
    {
        _app.With("manifest.json", "{");

        Assert.That(() => _app.Read(), Throws.TypeOf<UsageException>().With.Message.StartsWith("cdk.out/manifest.json:"));
    }

    [Test]
    public void Assets_other_than_templates_are_refused_by_name_with_what_to_do()
    {
        _app.Artifacts(Stack("Api", ""","dependencies":["Api.assets"]"""), ("Api.assets", """{"type":"cdk:asset-manifest","properties":{"file":"Api.assets.json"}}"""))
            .With("Api.assets.json", """{"files":{"1":{"source":{"path":"Api.template.json"}},"2":{"displayName":"Handler/Code","source":{"path":"asset.2"}}},"dockerImages":{"3":{"source":{"directory":"asset.3"}}}}""");

        Assert.That(() => AssemblyRules.Check(Environment(), _app.Read()), Throws.TypeOf<UsageException>().With.Message.EqualTo("""
            cdk.out: stack 'Api' needs file 'Handler/Code' published; this pipeline publishes templates only: put the file into a bucket and name it there, or deploy this stack with the CDK CLI
            cdk.out: stack 'Api' needs docker image 'asset.3'; make it a service in pipeline.yml with 'stack: Api', and take it in the app from a CfnParameter 'ImageUri'
            2 errors. Nothing was deployed.
            """));
    }

    [Test]
    public void Assets_of_an_app_without_asset_manifests_are_found_as_well()
    {
        _app.Artifacts(Stack("Api", ""","metadata":{"/Api":[{"type":"aws:cdk:asset","data":{"path":"asset.9","id":"9","packaging":"zip"}}]}"""));

        Assert.That(_app.Read().Stacks.Single().Assets, Is.EqualTo(new[] { new Asset(false, "asset.9") }));
    }

    [TestCase("aws://210987654321/eu-central-1", "was synthesised for account 210987654321, and dev is account 123456789012")]
    [TestCase("aws://123456789012/us-east-1", "was synthesised for region us-east-1, and dev is in eu-central-1")]
    public void A_stack_for_another_place_is_refused(string place, string sentence)
    {
        _app.Artifacts(Stack("Net", $",\"environment\":\"{place}\""));

        Assert.That(() => AssemblyRules.Check(Environment(), _app.Read()), Throws.TypeOf<UsageException>().With.Message.Contains(sentence));
    }

    [Test]
    public void An_assembly_that_is_not_there_is_refused_with_the_command_that_makes_it() =>
        Assert.That(() => AssemblyRules.Check(Environment(), null), Throws.TypeOf<UsageException>().With.Property("Details").EqualTo(new[] { new Detail("next", "npx cdk synth --output cdk.out, then the same command again") }));

    private static EnvironmentSettings Environment() => new("dev", CloudKind.Local, "123456789012", "eu-central-1", new Dictionary<string, string>())
    {
        Gates = new GateSettings(80, WhenNotEvaluable.Allow),
        StackDeadline = TimeSpan.FromMinutes(1),
        VerifyDeadline = TimeSpan.FromMinutes(1),
        Assembly = "cdk.out",
    };
}
