namespace Storefront.Tests.Deployment;

/// <summary>What the pipeline says about the system under test; without it the tests are skipped.</summary>
internal static class Deployed
{
    public static HttpClient Api { get; } = Client("API");

    public static HttpClient Web { get; } = Client("WEB");

    public static string Value(string name)
    {
        var value = Environment.GetEnvironmentVariable(name);
        if (string.IsNullOrEmpty(value))
        {
            Assert.Ignore($"{name} is not set: nothing is deployed, or this run is not the pipeline's.");
        }

        return value!;
    }

    private static HttpClient Client(string service) =>
        new(new SocketsHttpHandler { UseProxy = false }) { BaseAddress = Environment.GetEnvironmentVariable($"PIPELINE_URL_{service}") is { Length: > 0 } url ? new Uri(url) : null };
}
