using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Configuration;

public sealed class ConfigurationMistakesTests
{
    private static string Refusal(string file)
    {
        using var sandbox = new Sandbox(file);
        return Assert.Throws<UsageException>(() => ConfigurationLoader.Load(sandbox.Root, "dev"))!.Message;
    }

    /// <summary>The valid file with one replacement, and the only line that may be said about it.</summary>
    [TestCase("owner: team", "ownr: team", 2, "ownr: unknown key; did you mean 'owner'?", "owner: is missing (one value: text, e.g. team-storefront)")]
    [TestCase("stack: api", "stack: apo", 8, "services.api.stack: there is no stack 'apo'; did you mean 'api'?")]
    [TestCase("  dev:\n", "  dev:\n  bootstrap:\n", 22, "environments.bootstrap: an environment can not be called so: stacks SYSTEM-bootstrap-… hold the pipeline's own roles")]
    [TestCase("path: api", "path: apu", 6, "services.api.path: 'apu' does not exist; did you mean 'api'?")]
    [TestCase("path: api", "path: ../api", 6, "services.api.path: '../api' must be a path below the root, written with /, without . and ..")]
    [TestCase("path: api", "path: [api]", 6, "services.api.path: must be one value: folder, is a list")]
    [TestCase("path: api", "path:", 6, "services.api.path: has no value; give it one (one value: folder), or remove the key")]
    [TestCase("path: api", "path: infra/api.yaml", 6, "services.api.path: 'infra/api.yaml' is a file, not a folder")]
    [TestCase("api/Api.csproj", "api/Ape.csproj", 7, "services.api.project: 'api/Ape.csproj' does not exist; did you mean 'api/Api.csproj'?")]
    [TestCase("api/Api.csproj", "infra/api.yaml", 7, "services.api.project: 'infra/api.yaml' must end with .csproj or .fsproj or .vbproj")]
    [TestCase("dependsOn: [network]", "dependsOn: [netwrk]", 14, "stacks.api.dependsOn[0]: there is no stack 'netwrk'; did you mean 'network'?")]
    [TestCase("dependsOn: [network]", "dependsOn: network", 14, "stacks.api.dependsOn: must be a list, is a single value")]
    [TestCase("\"123456789012\"", "12345", 15, "account: must be twelve digits, is '12345'")]
    [TestCase("cloud: aws", "cloud: asw", 23, "environments.prod.cloud: must be 'local' or 'aws', is 'asw'; did you mean 'aws'?")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: unit, against: deployment, project: api/Api.csproj } } }\n", 2, "checks.suites.fast.against: a unit suite needs nothing but the code; one that tests deployments has the kind integration or performance")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: unit } } }\n", 2, "checks.suites.fast: says not what runs it: give it one of project, pytest, locust, load")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: unit, project: api/Api.csproj, pytest: api } } }\n", 2, "checks.suites.fast: has project and pytest; one of them runs it")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: performance, load: { service: api, rate: 5, requests: [{ path: / }] } } } }\n", 2, "checks.suites.fast.load: a load needs 'kind: performance' and 'against: deployment'")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: performance, against: deployment, budget: 30s, load: { service: api, rate: 5, duration: 1m, requests: [{ path: / }] } } } }\n", 2, "checks.suites.fast.budget: the suite would be stopped after 30s, before its load of 1m has ended")]
    [TestCase("system: shop\n", "system: shop\nchecks: { suites: { fast: { kind: unit, project: api/Api.csproj, targets: { success: 99 } } } }\n", 2, "checks.suites.fast.targets: only a load has targets: 'locust' or 'load'")]
    [TestCase("    stack: api\n", "    stack: api\n    entryPoint: [run]\n", 9, "services.api.entryPoint: belongs to 'builder: files', this service's is 'dotnet'")]
    [TestCase("    stack: api\n", "    stack: api\n    builder: files\n", 6, "services.api.entryPoint: is missing: what is its container to run? e.g. [python3, worker.py]")]
    [TestCase("    stack: api\n", "    stack: api\n    builder: docker\n", 6, "services.api.docker.dockerfile: is missing, and there is no 'api/Dockerfile'")]
    [TestCase("    project: api/Api.csproj\n", "", 6, "services.api.project: is missing (one value: project file, e.g. samples/storefront/api/Storefront.Api.csproj)")]
    [TestCase("system: shop\n", "system: shop\nchecks: { security: { ignore: [{ id: CVE-1, until: soon, reason: x }] } }\n", 2, "checks.security.ignore[0].until: must be a day (2026-12-20), is 'soon'")]
    [TestCase("system: shop\n", "system: shop\nchecks: { security: { ignore: [{ id: CVE-1, until: 2027-01-31 }] } }\n", 2, "checks.security.ignore[0].reason: is missing (one value: text, e.g. not reachable)")]
    [TestCase("stack: 1h", "stack: 1 hour", 28, "environments.prod.deadlines.stack: must be a duration: a whole number and ms, s, m, h or d, e.g. 30s or 5m, is '1 hour'")]
    [TestCase("stack: 1h", "stack: 99999999d", 28, "environments.prod.deadlines.stack: must be a duration: a whole number and ms, s, m, h or d, e.g. 30s or 5m, is '99999999d'")]
    [TestCase("  MultiAz: false", "  TaskCount: 2", 19, "parameters.TaskCount: duplicate key; it stands on line 18 already")]
    [TestCase("  MultiAz: false", "  Multi-Az: false", 19, "parameters.Multi-Az: the name must be letters and digits, as CloudFormation parameters are named")]
    public void One_mistake_is_one_line(string valid, string wrong, int line, string sentence, string? second = null)
    {
        var at = Sandbox.Valid.IndexOf(valid, StringComparison.Ordinal);
        var file = Sandbox.Valid[..at] + wrong + Sandbox.Valid[(at + valid.Length)..];

        var lines = Refusal(file).Split('\n');

        Assert.That(lines, Does.Contain($"pipeline.yml:{line}  {sentence}"));
        Assert.That(lines, Has.Length.EqualTo(second is null ? 2 : 3));
        Assert.That(lines[^1], Is.EqualTo(second is null ? "1 error. Nothing was run." : "2 errors. Nothing was run."));
        Assert.That(second is null || lines[0] == $"pipeline.yml:1  {second}");
    }

    [Test]
    public void A_stack_runs_one_service()
    {
        var second = "  web:\n    path: api\n    project: api/Api.csproj\n    stack: api\n";

        Assert.That(Refusal(Sandbox.Valid.Replace("stacks:\n", second + "stacks:\n", StringComparison.Ordinal)),
            Does.Contain("services.web.stack: 'api' runs service 'api' already; a stack runs one service"));
    }

    [Test]
    public void All_mistakes_are_said_in_the_order_of_the_file()
    {
        var file = Sandbox.Valid
            .Replace("stack: 1h", "stakc: 1h", StringComparison.Ordinal)
            .Replace("region: eu-central-1", "region: Frankfurt\ngates: { coverage: { minimum: 101 } }\nlocalCloud: { port: 80 }", StringComparison.Ordinal)
            .Replace("template: infra/network.yaml", "tmplate: infra/network.yaml", StringComparison.Ordinal);

        Assert.That(Refusal(file), Is.EqualTo("""
            pipeline.yml:11  stacks.network.tmplate: unknown key; did you mean 'template'?
            pipeline.yml:11  stacks.network.template: is missing (one value: file, e.g. samples/storefront/infra/api.yaml)
            pipeline.yml:16  region: must be an AWS region, e.g. eu-central-1, is 'Frankfurt'
            pipeline.yml:17  gates.coverage.minimum: must be a number from 0 to 100, is '101'
            pipeline.yml:18  localCloud.port: must be a whole number from 1024 to 65535, is '80'
            pipeline.yml:30  environments.prod.deadlines.stakc: unknown key; did you mean 'stack'?
            6 errors. Nothing was run.
            """));
    }

    [Test]
    public void A_circle_of_stacks_is_shown_as_one()
    {
        var file = Sandbox.Valid.Replace("template: infra/network.yaml", "template: infra/network.yaml\n    dependsOn: [api]", StringComparison.Ordinal);

        Assert.That(Refusal(file), Is.EqualTo("pipeline.yml:10  stacks.network.dependsOn: runs in a circle: network → api → network\n1 error. Nothing was run."));
    }

    [Test]
    public void An_account_must_stand_at_the_top_or_in_every_environment()
    {
        var file = Sandbox.Valid.Replace("account: \"123456789012\"\n", "", StringComparison.Ordinal);

        Assert.That(Refusal(file), Does.StartWith("pipeline.yml:20  environments.dev.account: is missing, here and at the top (account number, e.g. \"123456789012\")\n1 error."));
    }

    [TestCase("system: [shop", "pipeline.yml:2  is no YAML: ")]
    [TestCase("system: shop\n  owner: x", "pipeline.yml:2  is no YAML: ")]
    [TestCase("", "pipeline.yml:1  is empty or no map; it must begin with 'system: NAME'")]
    [TestCase("just text", "pipeline.yml:1  is empty or no map; it must begin with 'system: NAME'")]
    public void A_file_that_can_not_be_read_names_the_line(string file, string start) => Assert.That(Refusal(file), Does.StartWith(start));
}
