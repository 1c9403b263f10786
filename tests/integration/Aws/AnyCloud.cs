using Amazon.Runtime;
using Pipeline.Aws;
using Pipeline.LocalCloud;
using Pipeline.LocalCloud.Storage;
using Pipeline.Tests.Contracts;

namespace Pipeline.Tests.Aws;

/// <summary>What the same client code runs against.</summary>
public enum AnyCloud
{
    /// <summary>An AWS emulator that is not ours.</summary>
    Moto,

    /// <summary>The embedded cloud, in this process.</summary>
    Embedded,
}

/// <summary>The embedded cloud of all tests that run on any cloud, started with the first that needs it.</summary>
[SetUpFixture]
public sealed class SharedCloud
{
    private static readonly Lazy<Task<CloudServer>> Running = new(() => CheckedCloud.Start());

    internal static CloudServer Server => Running.Value.GetAwaiter().GetResult();

    [OneTimeTearDown]
    public async Task End()
    {
        if (Running.IsValueCreated)
        {
            await (await Running.Value).DisposeAsync();
        }
    }
}

internal static class AnyClouds
{
    public static string Endpoint(this AnyCloud cloud) => cloud == AnyCloud.Moto ? Moto.Endpoint : SharedCloud.Server.Endpoint;

    /// <summary>Whether the embedded cloud has the operation, by the service's signing name.</summary>
    public static bool Embeds(string service, string operation) => service == "s3"
        ? StorageOperations.Names.Contains(operation)
        : SharedCloud.Server.Cloud.Services.Any(s => s.SigningName == service && s.Operations.ContainsKey(operation));

    /// <summary>Ignores a test of what the embedded cloud does not have yet.</summary>
    public static void Needs(this AnyCloud cloud, string service, string operation)
    {
        if (cloud == AnyCloud.Embedded && !Embeds(service, operation))
        {
            Assert.Ignore($"The embedded cloud has no {service} {operation}.");
        }
    }

    public static AwsConnection Connect(this AnyCloud cloud) => AwsConnection.ToEmbeddedCloud(new Uri(cloud.Endpoint()).Port, Moto.Region, "123456789012");

    /// <summary>Points a client's configuration at the cloud.</summary>
    public static TConfig At<TConfig>(this AnyCloud cloud, TConfig config)
        where TConfig : ClientConfig
    {
        config.ServiceURL = cloud.Endpoint();
        config.AuthenticationRegion = Moto.Region;
        return config;
    }
}
