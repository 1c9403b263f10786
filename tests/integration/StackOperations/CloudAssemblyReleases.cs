using System.Text.Json.Nodes;
using Pipeline.Changes;
using Pipeline.Images;
using Pipeline.LocalCloud;
using Pipeline.Tests.Contracts;
using Pipeline.Tests.Deployments;

namespace Pipeline.Tests.StackOperations;

/// <summary>A system that the AWS CDK synthesised, deployed by the pipeline: what its templates say is what is there.</summary>
[TestFixture, Platform(Exclude = "Win"), Category("Slow")]
public sealed class CloudAssemblyReleases
{
    private readonly int _port = FreePort.Next();
    private CloudServer _cloud = null!;
    private StackSystem _system = null!;

    [OneTimeSetUp]
    public async Task Synthesised()
    {
        _cloud = await CloudServer.Start(new CloudOptions(0, null, TimeScale: 20) { Observe = CheckedCloud.Check }, CancellationToken.None);
        _system = new StackSystem(_cloud, "");
        var source = Path.Combine(StackSystem.Repository, "samples", "cdk", "cdk.out");
        foreach (var file in Directory.EnumerateFiles(source))
        {
            _system.Write($"cdk.out/{Path.GetFileName(file)}", await File.ReadAllTextAsync(file));
        }

        _system.Write("pipeline.yml", $$"""
            system: {{_system.Name}}
            owner: team
            costCentre: retail
            services:
              shop: { path: web, project: web/Web.csproj, stack: shop-service, repository: shop/web, smoke: [ { path: /version, contains: c0ffee1 } ] }
            stacks:
              shop-service: { parameters: { ListenerPort: {{_port}} } }
            account: "123456789012"
            region: eu-central-1
            environments: { dev: }
            assembly: cdk.out
            """);
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        _system.Dispose();
        await _cloud.DisposeAsync();
    }

    [Test, Order(1)]
    public async Task Its_stacks_are_deployed_in_their_order_and_the_service_is_proven()
    {
        var digest = await ProbeImage.Push(_cloud, _system.Aws, "shop/web", "c0ffee1");
        var decision = new ServiceDecision("shop", true, ["a test wants it"], new ServiceInputs("1", new Dictionary<string, string>()));

        var result = await _system.Deploy([decision], [new BuiltImage("shop", $"{new Uri(_cloud.Endpoint).Authority}/shop/web", "c0ffee1", digest, false, TimeSpan.Zero)]);

        var proof = result!.Proofs.Single();
        Assert.That((proof.Failure, proof.Digest, proof.SmokePassed), Is.EqualTo(((string?)null, digest, 1)));
        Assert.That(result.Record.Stacks.Select(s => s.StackName), Is.EqualTo(new[] { "shop-foundation", "shop-service" }));
    }

    [TestCase("shop-foundation"), Order(2)]
    [TestCase("shop-service")]
    public async Task It_has_the_resources_and_outputs_of_its_template_and_our_tags(string stack)
    {
        var template = JsonNode.Parse(await File.ReadAllTextAsync(Path.Combine(_system.Root, "cdk.out", $"{stack}.template.json")))!;
        var resources = (await _system.Aws.Stacks.ResourceStates(stack, CancellationToken.None)).ToDictionary(r => r.LogicalId);
        var state = (await _system.Aws.Stacks.Describe(stack, CancellationToken.None))!;

        Assert.Multiple(() =>
        {
            Assert.That(resources.Values.Select(r => r.Status), Is.All.EqualTo("CREATE_COMPLETE"));
            Assert.That(resources.ToDictionary(r => r.Key, r => r.Value.Type), Is.EquivalentTo(template["Resources"]!.AsObject().ToDictionary(r => r.Key, r => (string)r.Value!["Type"]!)));
            Assert.That(state.Outputs.Keys, Is.EquivalentTo(template["Outputs"]!.AsObject().Select(o => o.Key)));
            foreach (var (name, output) in template["Outputs"]!.AsObject().Where(o => o.Value!["Value"]!["Ref"] is { } r && resources.ContainsKey((string)r!)))
            {
                Assert.That(state.Outputs[name], Is.EqualTo(resources[(string)output!["Value"]!["Ref"]!].PhysicalId), name);
            }

            Assert.That(state.Tags.Keys, Is.EquivalentTo(new[] { "system", "environment", "owner", "cost-centre", "service", "version" }));
            Assert.That(state.Tags["system"], Is.EqualTo(_system.Name), "ours wins over the app's");
        });
    }

    [Test, Order(3)]
    public async Task Again_nothing_is_due()
    {
        var state = await (await _system.Ledger()).State(CancellationToken.None);

        Assert.That(await _system.Deploy([new ServiceDecision("shop", false, [], state.Services["shop"].Running.Inputs)], []), Is.Null);
    }
}
