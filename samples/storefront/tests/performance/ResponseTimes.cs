namespace Storefront.Tests.Performance;

/// <summary>What a customer waits for, measured for some seconds at a constant rate.</summary>
[NonParallelizable]
public sealed class ResponseTimes
{
    private const int PerSecond = 50;
    private static readonly TimeSpan Duration = TimeSpan.FromSeconds(4);

    // Also right after a start and on a small, busy machine; a customer who waits longer leaves.
    private static readonly TimeSpan Bound = TimeSpan.FromSeconds(1);

    [TestCase("PIPELINE_URL_API", "/products")]
    [TestCase("PIPELINE_URL_WEB", "/")]
    public async Task Nineteen_of_twenty_answers_come_in_time_and_none_fails(string service, string path)
    {
        var url = Environment.GetEnvironmentVariable(service);
        if (string.IsNullOrEmpty(url))
        {
            Assert.Ignore($"{service} is not set: nothing is deployed, or this run is not the pipeline's.");
        }

        var (times, failed) = await Load.Run(new Uri(new Uri(url!), path), PerSecond, Duration);

        var p95 = times[(int)(times.Count * 0.95)];
        TestContext.Out.WriteLine($"{times.Count} requests to {path}: median {times[times.Count / 2].TotalMilliseconds:0} ms, 95 % within {p95.TotalMilliseconds:0} ms, {failed} failed");
        Assert.Multiple(() =>
        {
            Assert.That(failed, Is.Zero, $"of {times.Count} requests");
            Assert.That(p95, Is.LessThan(Bound));
        });
    }
}
