using System.Net.Http.Headers;
using System.Text.Json;
using Storefront.Shared;

namespace Storefront.Web;

/// <summary>The api could not be asked, or its answer not be used.</summary>
internal sealed class ApiUnavailableException(string reason, Exception? cause = null) : Exception(reason, cause);

/// <summary>What web asks of api. Nothing is asked twice: a repeated POST could order twice.</summary>
internal sealed class ApiClient(HttpClient http)
{
    public static readonly TimeSpan Timeout = TimeSpan.FromSeconds(5);

    /// <summary>The api's address. Wrong or missing, web does not start: every page would be an error.</summary>
    public static Uri Address(string? setting) =>
        Uri.TryCreate(setting, UriKind.Absolute, out var address) && address.Scheme is "http" or "https"
            ? address
            : throw new InvalidOperationException($"API_URL must be the api's http address, not '{setting}'.");

    public Task<IReadOnlyList<Product>> ProductsAsync(CancellationToken cancellation) => GetAsync<IReadOnlyList<Product>>("products", cancellation);

    public Task<VersionInfo> VersionAsync(CancellationToken cancellation) => GetAsync<VersionInfo>("version", cancellation);

    public Task<ApiAnswer> ForwardProductsAsync(CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Get, "products"), cancellation);

    public Task<ApiAnswer> ForwardOrderAsync(Stream order, string? contentType, CancellationToken cancellation)
    {
        var request = new HttpRequestMessage(HttpMethod.Post, "orders") { Content = new StreamContent(order) };
        request.Content.Headers.ContentType = MediaTypeHeaderValue.TryParse(contentType, out var type) ? type : null;
        return SendAsync(request, cancellation);
    }

    public Task<ApiAnswer> OrderAsync(NewOrder order, CancellationToken cancellation) =>
        SendAsync(new HttpRequestMessage(HttpMethod.Post, "orders") { Content = JsonContent.Create(order) }, cancellation);

    private async Task<T> GetAsync<T>(string path, CancellationToken cancellation)
    {
        var answer = await SendAsync(new HttpRequestMessage(HttpMethod.Get, path), cancellation);
        return answer.Succeeded
            ? answer.Read<T>()
            : throw new ApiUnavailableException($"it answered {answer.Status} to GET /{path}");
    }

    private async Task<ApiAnswer> SendAsync(HttpRequestMessage request, CancellationToken cancellation)
    {
        using (request)
        {
            try
            {
                using var response = await http.SendAsync(request, cancellation);
                var body = await response.Content.ReadAsByteArrayAsync(cancellation);
                return new((int)response.StatusCode, response.Content.Headers.ContentType?.ToString(), body);
            }
            catch (HttpRequestException failure)
            {
                throw new ApiUnavailableException(failure.GetBaseException().Message, failure);
            }
            catch (OperationCanceledException failure) when (!cancellation.IsCancellationRequested)
            {
                throw new ApiUnavailableException($"no answer within {http.Timeout.TotalSeconds:0.#} s", failure);
            }
        }
    }
}

internal sealed record ApiAnswer(int Status, string? ContentType, ReadOnlyMemory<byte> Body)
{
    public bool Succeeded => Status is >= 200 and < 300;

    public T Read<T>()
    {
        try
        {
            return JsonSerializer.Deserialize<T>(Body.Span, JsonSerializerOptions.Web) ?? throw new ApiUnavailableException("its answer is empty");
        }
        catch (JsonException error)
        {
            throw new ApiUnavailableException("its answer is not readable", error);
        }
    }
}
