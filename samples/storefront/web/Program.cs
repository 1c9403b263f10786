using Storefront.Shared;

namespace Storefront.Web;

internal static class Program
{
    public static Task Main(string[] args) => Build(args).RunAsync();

    public static WebApplication Build(string[] args)
    {
        var builder = WebApplication.CreateSlimBuilder(ServiceDefaults.Options(args));
        builder.AddServiceDefaults();
        var version = VersionInfo.From(builder.Configuration, "web");
        var api = ApiClient.Address(builder.Configuration["API_URL"]);
        builder.Services.AddHttpClient<ApiClient>(http => (http.BaseAddress, http.Timeout) = (api, ApiClient.Timeout));

        var app = builder.Build();
        app.UseServiceDefaults();
        app.MapGet("/health", () => new { Status = "healthy", Api = api });
        app.MapGet("/version", () => version);
        app.MapShop(version);

        app.Logger.LogInformation("{Version}. Api: {Api}.", version, api);
        return app;
    }
}
