using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using Pipeline.Checks;
using Pipeline.Outcomes;

namespace Pipeline.Tests.Checks;

/// <summary>Package sources with and without vulnerability data, on this machine.</summary>
internal sealed class PackageAdvisoriesTests
{
    [TestCase("[]", "the package source has no vulnerability data")]
    [TestCase("""[{"@id":"HOST/vulnerabilities","@type":"VulnerabilityInfo/6.7.0"}]""", null)]
    public async Task The_index_of_the_source_decides(string resources, string? reason)
    {
        using var repository = new DotnetRepository();
        await using var source = await Source(resources);
        Configure(repository, source.Urls.First());

        Assert.That(await PackageSources.WhyNotEvaluable(repository.Root, CancellationToken.None), Is.EqualTo(reason));
    }

    [TestCase("http://127.0.0.1:9/index.json", "the package source cannot be reached")]
    [TestCase("packages", "no package source with vulnerability data is configured")]
    public async Task A_source_that_does_not_answer_is_not_a_clean_answer(string source, string reason)
    {
        using var repository = new DotnetRepository();
        Directory.CreateDirectory(Path.Combine(repository.Root, "packages"));
        Configure(repository, source);

        var part = await PackageAdvisories.Run(repository.Root, ["api/Api.csproj"], null, CancellationToken.None);

        Assert.That((part.Verdict, part.Summary), Is.EqualTo((Verdict.NotEvaluable, reason)));
    }

    private static void Configure(DotnetRepository repository, string source) =>
        repository.Write("NuGet.config", $"""<configuration><packageSources><clear /><add key="local" value="{(source.StartsWith("http:", StringComparison.Ordinal) && !source.EndsWith(".json", StringComparison.Ordinal) ? source + "/index.json" : source)}" allowInsecureConnections="true" /></packageSources></configuration>""");

    private static async Task<WebApplication> Source(string resources)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        var app = builder.Build();
        app.MapGet("/index.json", (HttpRequest request) =>
            Results.Text($$"""{"version":"3.0.0","resources":{{resources.Replace("HOST", $"http://{request.Host}", StringComparison.Ordinal)}}}""", "application/json"));
        await app.StartAsync();
        return app;
    }
}
