using Pipeline.Configuration;

namespace Pipeline.Deployments;

/// <summary>Asks a service for its health and its smoke checks, at whatever address.</summary>
internal static class ServiceAnswers
{
    private static readonly HttpClient Http = new(new SocketsHttpHandler { AllowAutoRedirect = false, UseProxy = false }) { Timeout = TimeSpan.FromSeconds(10) };

    /// <summary>Health first, then the smoke checks, until one fails.</summary>
    /// <returns>how many smoke checks passed, and what is wrong; <c>null</c>: nothing</returns>
    public static async Task<(int Passed, string? Failure)> Check(string url, ServiceSettings service, CancellationToken cancel)
    {
        if (await Ask(url, new(service.HealthPath, 200, null), cancel).ConfigureAwait(false) is { } unhealthy)
        {
            return (0, unhealthy);
        }

        for (var i = 0; i < service.Smoke.Count; i++)
        {
            if (await Ask(url, service.Smoke[i], cancel).ConfigureAwait(false) is { } failure)
            {
                return (i, failure);
            }
        }

        return (service.Smoke.Count, null);
    }

    private static async Task<string?> Ask(string url, SmokeCheck check, CancellationToken cancel)
    {
        try
        {
            using var response = await Http.GetAsync(new Uri(new Uri(url), check.Path), cancel).ConfigureAwait(false);
            if ((int)response.StatusCode != check.Status)
            {
                return $"GET {url}{check.Path} answered {(int)response.StatusCode} (expected {check.Status})";
            }

            return check.Contains is { } text && !(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false)).Contains(text, StringComparison.Ordinal)
                ? $"GET {url}{check.Path} answered {check.Status}, but without \"{text}\""
                : null;
        }
        catch (Exception e) when (e is HttpRequestException || (e is TaskCanceledException && !cancel.IsCancellationRequested))
        {
            return $"GET {url}{check.Path} did not answer: {e.Message}";
        }
    }
}
