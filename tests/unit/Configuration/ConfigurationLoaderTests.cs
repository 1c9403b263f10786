using Pipeline.Configuration;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Configuration;

public sealed class ConfigurationLoaderTests
{
    [Test]
    public void A_small_file_has_the_described_defaults()
    {
        using var sandbox = new Sandbox();

        var configuration = ConfigurationLoader.Load(sandbox.Root, "dev");
        var api = configuration.Services.Single();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(configuration.EnvironmentNames, Is.EqualTo(new[] { "dev", "prod" }));
            Assert.That(configuration.LedgerBucket, Is.EqualTo("shop-123456789012-eu-central-1-pipeline"));
            Assert.That(configuration.LocalCloudPort, Is.EqualTo(4510));
            Assert.That(api, Has.Property("Owner").EqualTo("team").And.Property("Repository").EqualTo("shop/api").And.Property("HealthPath").EqualTo("/health").And.Property("UrlOutput").EqualTo("Url"));
            Assert.That(api.BaseImage, Is.Null);
            Assert.That(configuration.Environment.Cloud, Is.EqualTo(CloudKind.Local));
            Assert.That((configuration.Environment.Gates.CoverageMinimum, configuration.Environment.Gates.Advisories), Is.EqualTo((80m, WhenNotEvaluable.Refuse)));
            Assert.That(configuration.Environment.StackDeadline, Is.EqualTo(TimeSpan.FromMinutes(30)));
        }
    }

    [Test]
    public void Advisories_may_be_brought_later_and_ignored_for_a_while()
    {
        using var sandbox = new Sandbox(Sandbox.Valid + "checks:\n  security:\n    advisories: advisories\n    ignore: [{ id: CVE-1, until: 2027-01-31, reason: not reachable }]\n");

        var checks = ConfigurationLoader.Load(sandbox.Root, "dev").Checks;

        Assert.That((checks.Advisories, checks.IgnoredAdvisories.Single()), Is.EqualTo(("advisories", new IgnoredAdvisory("CVE-1", new DateOnly(2027, 1, 31), "not reachable"))));
    }

    [Test]
    public void An_environment_lays_its_values_over_those_at_the_top()
    {
        using var sandbox = new Sandbox();

        var prod = ConfigurationLoader.Load(sandbox.Root, "prod").Environment;

        using (Assert.EnterMultipleScope())
        {
            Assert.That(prod.Parameters, Is.EqualTo(new Dictionary<string, string> { ["TaskCount"] = "3", ["MultiAz"] = "false" }));
            Assert.That(prod, Has.Property("Cloud").EqualTo(CloudKind.Aws).And.Property("Account").EqualTo("210987654321").And.Property("Region").EqualTo("eu-central-1"));
            Assert.That(prod.StackDeadline, Is.EqualTo(TimeSpan.FromHours(1)));
            Assert.That(prod.VerifyDeadline, Is.EqualTo(TimeSpan.FromMinutes(5)));
        }
    }

    [Test]
    public void Environments_of_another_cloud_account_or_region_are_no_neighbours()
    {
        using var sandbox = new Sandbox();

        using (Assert.EnterMultipleScope())
        {
            Assert.That(ConfigurationLoader.Load(sandbox.Root, "dev").Neighbours, Is.EqualTo(new[] { "dev" }));
            Assert.That(ConfigurationLoader.Load(sandbox.Root, "prod").LedgerBucket, Is.EqualTo("shop-210987654321-eu-central-1-pipeline"));
            Assert.That(ConfigurationLoader.Load(sandbox.Root, "dev").EnvironmentNames, Is.EqualTo(new[] { "dev", "prod" }));
        }
    }

    [TestCase(null, CloudKind.Aws)]
    [TestCase(CloudKind.Local, CloudKind.Local)]
    public void What_was_typed_decides_the_cloud_before_the_file(CloudKind? typed, CloudKind expected)
    {
        using var sandbox = new Sandbox();

        Assert.That(ConfigurationLoader.Load(sandbox.Root, "prod", typed).Environment.Cloud, Is.EqualTo(expected));
    }

    [Test]
    public void A_service_without_a_base_image_is_refused_on_AWS_with_the_reason_and_before_anything_is_asked()
    {
        using var sandbox = new Sandbox();
        var due = new Pipeline.Changes.ServiceDecision("api", true, [], new Pipeline.Changes.ServiceInputs("hash", new Dictionary<string, string>()));

        var refusal = Assert.ThrowsAsync<UsageException>(() => Pipeline.Images.ImageSet.Build(ConfigurationLoader.Load(sandbox.Root, "prod"), [due], null!, new Pipeline.Images.BuildTools(_ => []), null, CancellationToken.None))!;

        Assert.That(refusal.Message, Is.EqualTo("prod is on AWS, and service 'api' has no base image."));
        Assert.That(refusal.Details.Select(d => d.Text), Has.One.Contains("Fargate has nothing to run them on").And.One.Contains("services.api.baseImage"));
    }

    [Test]
    public void An_anchor_and_its_alias_are_the_same_value()
    {
        using var sandbox = new Sandbox(Sandbox.Valid.Replace("        TaskCount: 3", "        Same: &same 7\n        Other: *same", StringComparison.Ordinal).Replace("      TaskCount: 3", "      Same: &same 7\n      Other: *same", StringComparison.Ordinal));

        Assert.That(ConfigurationLoader.Load(sandbox.Root, "prod").Environment.Parameters["Other"], Is.EqualTo("7"));
    }

    [Test]
    public void A_missing_file_says_how_to_start()
    {
        using var sandbox = new Sandbox(file: null);

        var refusal = Assert.Throws<UsageException>(() => ConfigurationLoader.Load(sandbox.Root, "dev"));

        Assert.That(refusal!.Message, Is.EqualTo($"There is no pipeline.yml in '{sandbox.Root}'."));
        Assert.That(refusal.Details.Single().Text, Does.Contain("docs/configuration.md"));
    }

    [Test]
    public void An_unknown_environment_lists_the_known_ones()
    {
        using var sandbox = new Sandbox();

        var refusal = Assert.Throws<UsageException>(() => ConfigurationLoader.Load(sandbox.Root, "prd"));

        Assert.That(refusal!.Message, Is.EqualTo("Unknown environment 'prd'. Did you mean 'prod'?"));
        Assert.That(refusal.Details.Single(), Is.EqualTo(new Detail("known", "dev, prod")));
    }
}
