using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.StackOperations;

namespace Pipeline.Tests.Configuration;

/// <summary>Stacks that come from a cloud assembly beside, or instead of, those of the file.</summary>
public sealed class AssemblyKeyTests
{
    private const string Manifest = """
        {"artifacts":{
          "Net":{"type":"aws:cloudformation:stack","properties":{"templateFile":"Net.template.json","stackName":"shop-net"}},
          "Api":{"type":"aws:cloudformation:stack","properties":{"templateFile":"Api.template.json"},"dependencies":["Net"]}}}
        """;

    [Test]
    public void Its_stacks_are_the_environments_stacks_under_their_own_names()
    {
        using var sandbox = Synthesised("stack: Api", "");

        var dev = ConfigurationLoader.Load(sandbox.Root, "dev");

        Assert.That(dev.Stacks.Select(s => (s.Name, s.Template)), Is.EqualTo(new[] { ("Net", "cdk.out/Net.template.json"), ("Api", "cdk.out/Api.template.json") }));
        Assert.That(dev.Stacks[1].DependsOn, Is.EqualTo(new[] { "Net" }));
        Assert.That((dev.StackName("Net"), dev.StackName("Api"), dev.StackName("Net", "prod")), Is.EqualTo(("shop-net", "Api", "shop-net")));
    }

    [Test]
    public void The_file_may_add_to_a_stack_of_the_assembly_and_have_its_own()
    {
        using var sandbox = Synthesised("stack: Api", "stacks:\n  extra:\n    template: infra/api.yaml\n  Api:\n    dependsOn: [extra]\n    parameters: { Count: 2 }\n    policy: cdk.out/policy.json\n");

        var stacks = ConfigurationLoader.Load(sandbox.Root, "dev").Stacks;

        Assert.That(stacks.Select(s => s.Name), Is.EqualTo(new[] { "extra", "Api", "Net" }));
        Assert.That(stacks[1].DependsOn, Is.EquivalentTo(new[] { "extra", "Net" }));
        Assert.That((stacks[1].Parameters["Count"], stacks[1].Policy), Is.EqualTo(("2", "cdk.out/policy.json")));
        Assert.That(ConfigurationLoader.Load(sandbox.Root, "dev").StackName("extra"), Is.EqualTo("shop-dev-extra"));
    }

    [Test]
    public void A_service_on_a_stack_that_nobody_has_is_refused() =>
        Assert.That(() => Load("stack: Apo", ""), Throws.TypeOf<UsageException>().With.Message.Contains("services.api.stack: there is no stack 'Apo'; did you mean 'Api'?"));

    [Test]
    public void A_stack_without_a_template_must_be_one_of_the_assembly() =>
        Assert.That(() => Load("stack: Api", "stacks:\n  Apu:\n    dependsOn: [Net]\n"), Throws.TypeOf<UsageException>().With.Message.Contains("stacks.Apu.template: is missing (one value: file, e.g. samples/storefront/infra/api.yaml), and assembly 'cdk.out' of dev has no stack 'Apu'"));

    [Test]
    public void File_and_assembly_may_not_both_say_what_a_stack_is() =>
        Assert.That(() => Load("stack: Api", "stacks:\n  Api:\n    template: infra/api.yaml\n"), Throws.TypeOf<UsageException>().With.Message.Contains("stacks.Api has a template, and assembly 'cdk.out' has a stack of that name"));

    [Test]
    public void Not_synthesised_yet_the_file_is_valid_all_the_same()
    {
        using var sandbox = new Sandbox(File("stack: Api", ""));

        Assert.That(ConfigurationLoader.Load(sandbox.Root, "dev").Assembly, Is.Null);
        Assert.That(ConfigurationLoader.Load(sandbox.Root, "dev").Environment.Assembly, Is.EqualTo("cdk.out"));
    }

    [Test]
    public void Without_an_assembly_there_must_be_stacks()
    {
        using var sandbox = new Sandbox(File("stack: Api", "").Replace("assembly: cdk.out\n", "", StringComparison.Ordinal));

        Assert.That(() => ConfigurationLoader.Load(sandbox.Root, "dev"), Throws.TypeOf<UsageException>().With.Message.Contains("stacks: is missing, and dev has no 'assembly' either"));
    }

    [Test]
    public void Production_is_careful_unless_it_says_otherwise()
    {
        using var sandbox = new Sandbox();
        var (dev, prod) = (ConfigurationLoader.Load(sandbox.Root, "dev").Environment, ConfigurationLoader.Load(sandbox.Root, "prod").Environment);

        Assert.That((dev.BrokenStacks, dev.TerminationProtection), Is.EqualTo((BrokenStacks.Recreate, (bool?)null)));
        Assert.That((prod.BrokenStacks, prod.TerminationProtection), Is.EqualTo((BrokenStacks.Refuse, (bool?)true)));

        using var bold = new Sandbox(Sandbox.Valid.Replace("    cloud: aws\n", "    cloud: aws\n    brokenStacks: recreate\n    terminationProtection: false\n", StringComparison.Ordinal));
        prod = ConfigurationLoader.Load(bold.Root, "prod").Environment;
        Assert.That((prod.BrokenStacks, prod.TerminationProtection), Is.EqualTo((BrokenStacks.Recreate, (bool?)false)));
    }

    private static void Load(string service, string stacks)
    {
        using var sandbox = Synthesised(service, stacks);
        ConfigurationLoader.Load(sandbox.Root, "dev");
    }

    private static Sandbox Synthesised(string service, string stacks)
    {
        var sandbox = new Sandbox(File(service, stacks));
        var folder = Directory.CreateDirectory(Path.Combine(sandbox.Root, "cdk.out")).FullName;
        System.IO.File.WriteAllText(Path.Combine(folder, "manifest.json"), Manifest);
        System.IO.File.WriteAllText(Path.Combine(folder, "policy.json"), "{}");
        return sandbox;
    }

    private static string File(string service, string stacks)
    {
        var at = Sandbox.Valid.IndexOf("stacks:\n", StringComparison.Ordinal);
        var end = Sandbox.Valid.IndexOf("account:", StringComparison.Ordinal);
        return (Sandbox.Valid[..at] + stacks + "assembly: cdk.out\n" + Sandbox.Valid[end..]).Replace("stack: api", service, StringComparison.Ordinal);
    }
}
