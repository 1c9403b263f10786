using System.Net;
using System.Net.Http.Json;
using System.Text.Json.Nodes;
using Storefront.Shared;

namespace Storefront.Tests.Api;

public sealed class HealthTests
{
    [Test]
    public async Task A_service_alone_is_healthy_and_says_what_it_does_without()
    {
        await using var api = await RunningService.ApiAsync();

        var health = await api.Http.GetFromJsonAsync<JsonObject>("/health");

        Assert.That((string?)health!["status"], Is.EqualTo("healthy"));
        Assert.That((string?)health["orders"], Is.EqualTo("memory: DATABASE_HOST is not set"));
        Assert.That((string?)health["queue"], Is.EqualTo("none: QUEUE_URL is not set"));
    }

    [Test]
    public async Task Its_version_is_what_the_deployment_said()
    {
        await using var api = await RunningService.ApiAsync("--SERVICE_VERSION=1.4.0", "--ENVIRONMENT_NAME=staging", "--SERVICE_COMMIT=3f2c1ab");

        var version = await api.Http.GetFromJsonAsync<VersionInfo>("/version");

        Assert.That(version, Is.EqualTo(new VersionInfo("api", "1.4.0", "staging", "3f2c1ab")));
    }

    [Test]
    public async Task A_path_that_nobody_serves_is_a_problem_too()
    {
        await using var api = await RunningService.ApiAsync();

        using var answer = await api.Http.GetAsync("/nothing");

        Assert.That(answer.StatusCode, Is.EqualTo(HttpStatusCode.NotFound));
        Assert.That(answer.Content.Headers.ContentType?.MediaType, Is.EqualTo("application/problem+json"));
    }
}
