using System.Text;
using Microsoft.AspNetCore.Http.Features;

namespace Pipeline.LocalCloud.Identity;

/// <summary>The form of a request that both sides sign.</summary>
internal static class CanonicalRequest
{
    public static string Of(HttpRequest request, Signature signature, string payloadHash)
    {
        var target = request.HttpContext.Features.GetRequiredFeature<IHttpRequestFeature>().RawTarget;
        var question = target.IndexOf('?', StringComparison.Ordinal);
        var (path, query) = question < 0 ? (target, "") : (target[..question], target[(question + 1)..]);
        var text = new StringBuilder();
        // S3 signs the path encoded once, all others encoded twice.
        text.Append(request.Method).Append('\n')
            .Append(Encode(signature.Service == "s3" ? Uri.UnescapeDataString(path) : path, keepSlash: true)).Append('\n')
            .Append(Query(query)).Append('\n');
        foreach (var name in signature.SignedHeaders)
        {
            var values = request.Headers[name];
            text.Append(name).Append(':').AppendJoin(',', values.Select(Squeeze)).Append('\n');
        }

        return text.Append('\n').AppendJoin(';', signature.SignedHeaders).Append('\n').Append(payloadHash).ToString();
    }

    private static string Query(string query) => string.Join('&', query
        .Split('&', StringSplitOptions.RemoveEmptyEntries)
        .Select(pair => pair.Split('=', 2))
        .Select(pair => (Name: Recode(pair[0]), Value: pair.Length == 2 ? Recode(pair[1]) : ""))
        .Where(pair => pair.Name != "X-Amz-Signature")
        .OrderBy(pair => pair.Name, StringComparer.Ordinal).ThenBy(pair => pair.Value, StringComparer.Ordinal)
        .Select(pair => $"{pair.Name}={pair.Value}"));

    private static string Recode(string text) => Encode(Uri.UnescapeDataString(text), keepSlash: false);

    private static string Encode(string text, bool keepSlash)
    {
        var encoded = new StringBuilder(text.Length + 8);
        foreach (var b in Encoding.UTF8.GetBytes(text))
        {
            if (char.IsAsciiLetterOrDigit((char)b) || b is (byte)'-' or (byte)'.' or (byte)'_' or (byte)'~' || (keepSlash && b == '/'))
            {
                encoded.Append((char)b);
            }
            else
            {
                encoded.Append('%').Append(b.ToString("X2", System.Globalization.CultureInfo.InvariantCulture));
            }
        }

        return encoded.ToString();
    }

    private static string Squeeze(string? value) => string.Join(' ', (value ?? "").Split(' ', StringSplitOptions.RemoveEmptyEntries));
}
