using System.Collections.Concurrent;
using System.Net.Http.Headers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>Answers a registry's challenge: basic, or a token from the service that it names.</summary>
internal sealed partial class RegistryAuthentication(HttpClient client, RegistryEndpoint endpoint)
{
    private readonly ConcurrentDictionary<string, AuthenticationHeaderValue> _tokens = new(StringComparer.Ordinal);
    private bool _basic;

    /// <summary>What a request about this repository carries; <c>null</c>: nothing yet.</summary>
    public AuthenticationHeaderValue? For(string repository) => _basic ? Basic() : _tokens.GetValueOrDefault(repository);

    /// <returns>whether another try makes sense</returns>
    public async Task<bool> Answer(HttpResponseMessage refused, string repository, CancellationToken cancel)
    {
        foreach (var challenge in refused.Headers.WwwAuthenticate)
        {
            if (challenge.Scheme.Equals("Bearer", StringComparison.OrdinalIgnoreCase) && await Token(challenge.Parameter ?? "", repository, cancel).ConfigureAwait(false) is { } token)
            {
                _tokens[repository] = new AuthenticationHeaderValue("Bearer", token);
                return true;
            }

            if (challenge.Scheme.Equals("Basic", StringComparison.OrdinalIgnoreCase) && endpoint.User is not null)
            {
                return _basic = true;
            }
        }

        return false;
    }

    private async Task<string?> Token(string challenge, string repository, CancellationToken cancel)
    {
        var parameters = Parameter().Matches(challenge).ToDictionary(m => m.Groups["name"].Value, m => m.Groups["value"].Value, StringComparer.OrdinalIgnoreCase);
        if (!parameters.TryGetValue("realm", out var realm) || !Uri.TryCreate(realm, UriKind.Absolute, out var address))
        {
            return null;
        }

        if (address.Scheme != Uri.UriSchemeHttps && !address.IsLoopback)
        {
            throw new PipelineException(ExitCode.Failed, $"The registry {endpoint.Host} wants its password sent in the clear to '{address.Host}'");
        }

        var scope = parameters.GetValueOrDefault("scope") ?? $"repository:{repository}:pull";
        var query = $"service={Uri.EscapeDataString(parameters.GetValueOrDefault("service") ?? "")}&scope={Uri.EscapeDataString(scope)}";
        using var request = new HttpRequestMessage(HttpMethod.Get, new UriBuilder(address) { Query = query }.Uri) { Headers = { Authorization = Basic() } };
        using var response = await client.SendAsync(request, cancel).ConfigureAwait(false);
        if (!response.IsSuccessStatusCode)
        {
            return null;
        }

        try
        {
            var answer = JsonNode.Parse(await response.Content.ReadAsStringAsync(cancel).ConfigureAwait(false));
            return (string?)answer?["token"] ?? (string?)answer?["access_token"];
        }
        catch (JsonException)
        {
            return null;
        }
    }

    private AuthenticationHeaderValue? Basic() => endpoint.User is null
        ? null
        : new AuthenticationHeaderValue("Basic", Convert.ToBase64String(Encoding.UTF8.GetBytes($"{endpoint.User}:{endpoint.Password?.Reveal()}")));

    [GeneratedRegex(@"(?<name>[a-z]+)=""(?<value>[^""]*)""", RegexOptions.IgnoreCase)]
    private static partial Regex Parameter();
}
