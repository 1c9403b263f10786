using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Storefront.Web;

namespace Storefront.Tests.Web;

public sealed class ApiClientTests
{
    [Test]
    public async Task A_silent_api_is_given_up_on()
    {
        await using var api = await RunningService.OtherAsync(app => app.MapGet("/{path}", async (HttpContext context) => await Forever(context)));
        using var http = new HttpClient { BaseAddress = api.Address, Timeout = TimeSpan.FromMilliseconds(50) };

        Assert.That(
            () => new ApiClient(http).ProductsAsync(CancellationToken.None),
            Throws.InstanceOf<ApiUnavailableException>().With.Message.StartsWith("no answer within"));
    }

    [Test]
    public async Task A_customer_who_leaves_is_no_failure_of_the_api()
    {
        await using var api = await RunningService.OtherAsync(app => app.MapGet("/{path}", async (HttpContext context) => await Forever(context)));
        using var http = new HttpClient { BaseAddress = api.Address };

        Assert.That(
            () => new ApiClient(http).ProductsAsync(new CancellationToken(canceled: true)),
            Throws.InstanceOf<OperationCanceledException>());
    }

    private static Task Forever(HttpContext context) => new TaskCompletionSource().Task.WaitAsync(context.RequestAborted);
}
