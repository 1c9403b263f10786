using Microsoft.Extensions.Configuration;
using Storefront.Shared;

namespace Storefront.Tests.Shared;

public sealed class VersionInfoTests
{
    [Test]
    public void A_deployment_says_version_environment_and_commit()
    {
        var version = From(("SERVICE_VERSION", "1.4.0"), ("ENVIRONMENT_NAME", "staging"), ("SERVICE_COMMIT", "3f2c1ab"));

        Assert.That(version, Is.EqualTo(new VersionInfo("api", "1.4.0", "staging", "3f2c1ab")));
        Assert.That(version.ToString(), Is.EqualTo("api 1.4.0 in staging (commit 3f2c1ab)"));
    }

    [Test]
    public void Without_a_deployment_it_is_a_local_build()
    {
        var version = From(("SERVICE_VERSION", " "));

        Assert.That(version, Is.EqualTo(new VersionInfo("api", "0.0.0-local", "local", null)));
        Assert.That(version.ToString(), Is.EqualTo("api 0.0.0-local in local"));
    }

    private static VersionInfo From(params (string Name, string Value)[] settings) => VersionInfo.From(
        new ConfigurationBuilder().AddInMemoryCollection(settings.ToDictionary(s => s.Name, string? (s) => s.Value)).Build(),
        "api");
}
