using System.Globalization;
using System.Net.Sockets;

namespace Pipeline.LocalCloud.LoadBalancing;

/// <summary>Asks targets for their health. Intervals are AWS's divided by the time scale; timeouts are not: a process neither starts nor answers faster because the clock does.</summary>
/// <param name="startAllowance">how long a target that refuses connections counts as starting, not as unhealthy</param>
internal sealed class HealthChecker(TimeProvider clock, double timeScale, TimeSpan startAllowance) : IDisposable
{
    private static readonly TimeSpan InitialPause = TimeSpan.FromMilliseconds(100);
    private readonly HttpMessageInvoker _http = new(new SocketsHttpHandler { UseProxy = false, AllowAutoRedirect = false, UseCookies = false, PooledConnectionLifetime = TimeSpan.Zero });

    public TimeSpan Scaled(double seconds) => TimeSpan.FromSeconds(seconds / timeScale);

    /// <summary>Checks the target until the token is cancelled; the first check is made at once.</summary>
    public async Task Watch(Target target, Func<TargetGroupRecord> group, CancellationToken cancel)
    {
        var (good, bad) = (0, 0);
        var lastCounted = target.Registered;
        try
        {
            while (!cancel.IsCancellationRequested)
            {
                var settings = group().HealthCheck;
                var failure = await Check(target, settings, cancel);
                var interval = Scaled(settings.IntervalSeconds);
                var now = clock.GetUtcNow();
                if (failure is null)
                {
                    (good, bad) = (good + 1, 0);
                    // One success is enough for a new target; one that was unhealthy has to prove itself.
                    if (target.State == TargetState.Initial || good >= settings.HealthyThreshold)
                    {
                        target.Observe(TargetState.Healthy, null, null);
                    }
                }
                else
                {
                    good = 0;
                    var starting = !target.Answered && now - target.Registered < startAllowance;
                    if (target.State != TargetState.Initial || (!starting && now - lastCounted >= interval))
                    {
                        bad++;
                        lastCounted = now;
                    }

                    if (bad >= settings.UnhealthyThreshold)
                    {
                        target.Observe(TargetState.Unhealthy, failure.Reason, failure.Description);
                    }
                    else if (target.State == TargetState.Initial)
                    {
                        target.Observe(TargetState.Initial, "Elb.InitialHealthChecking", "Initial health checks in progress");
                    }
                }

                await Task.Delay(target.State == TargetState.Initial && InitialPause < interval ? InitialPause : interval, clock, cancel);
            }
        }
        catch (OperationCanceledException) when (cancel.IsCancellationRequested)
        {
        }
    }

    public void Dispose() => _http.Dispose();

    private async Task<Failure?> Check(Target target, HealthCheckSettings settings, CancellationToken cancel)
    {
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancel);
        limit.CancelAfter(TimeSpan.FromSeconds(settings.TimeoutSeconds));
        try
        {
            var port = settings.Port == "traffic-port" ? target.Address.Port : int.Parse(settings.Port, CultureInfo.InvariantCulture);
            using var request = new HttpRequestMessage(HttpMethod.Get, new Uri($"http://{target.Address.Host}:{port}{settings.Path}"));
            request.Headers.TryAddWithoutValidation("User-Agent", "ELB-HealthChecker/2.0");
            using var response = await _http.SendAsync(request, limit.Token);
            target.Answered = true;
            var code = (int)response.StatusCode;
            return Matches(settings.Matcher, code) ? null : new("Target.ResponseCodeMismatch", $"Health checks failed with these codes: [{code}]");
        }
        catch (OperationCanceledException) when (!cancel.IsCancellationRequested)
        {
            target.Answered = true;
            return new("Target.Timeout", "Request timed out");
        }
        catch (HttpRequestException e)
        {
            target.Answered |= e.InnerException is not SocketException;
            return new("Target.FailedHealthChecks", "Health checks failed");
        }
    }

    internal static bool Matches(string matcher, int code) => matcher.Split(',').Any(part =>
    {
        var ends = part.Split('-');
        return int.TryParse(ends[0], out var low) && int.TryParse(ends[^1], out var high) && code >= low && code <= high;
    });

    private sealed record Failure(string Reason, string Description);
}
