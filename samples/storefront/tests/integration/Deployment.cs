namespace Storefront.Tests;

/// <summary>
/// The system under test: what PIPELINE_URL_API and PIPELINE_URL_WEB name, or, where nothing is deployed, both services started here.
/// </summary>
[SetUpFixture]
public sealed class Deployment
{
    private static ServiceProcess? ownApi;
    private static ServiceProcess? ownWeb;

    public static HttpClient Api { get; private set; } = null!;

    public static HttpClient Web { get; private set; } = null!;

    /// <summary>Skips tests that start and stop services while a deployed system is the one under test.</summary>
    public static void NeedsServicesOfItsOwn()
    {
        if (ownApi is null)
        {
            Assert.Ignore("Starts and stops services of its own; PIPELINE_URL_API names a deployed system.");
        }
    }

    [OneTimeSetUp]
    public async Task FindOrStart()
    {
        var api = Environment.GetEnvironmentVariable("PIPELINE_URL_API");
        var web = Environment.GetEnvironmentVariable("PIPELINE_URL_WEB");
        if (string.IsNullOrEmpty(api) != string.IsNullOrEmpty(web))
        {
            throw new InvalidOperationException("PIPELINE_URL_API and PIPELINE_URL_WEB belong together: set both or none.");
        }

        if (!string.IsNullOrEmpty(api))
        {
            Api = new HttpClient { BaseAddress = new Uri(api) };
            Web = new HttpClient { BaseAddress = new Uri(web!) };
            return;
        }

        ownApi = await ServiceProcess.ApiAsync();
        Api = ownApi.Http;
        ownWeb = await ServiceProcess.WebAsync(ownApi.Address);
        Web = ownWeb.Http;
    }

    [OneTimeTearDown]
    public async Task Stop()
    {
        Api?.Dispose();
        Web?.Dispose();
        if (ownWeb is not null)
        {
            await ownWeb.DisposeAsync();
        }

        if (ownApi is not null)
        {
            await ownApi.DisposeAsync();
        }
    }
}
