using System.Globalization;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.LocalCloud.Identity;

/// <summary>What a request says about its signature, from the Authorization header or, presigned, from the query.</summary>
/// <param name="Expires">presigned: how long it is valid</param>
internal sealed record Signature(string AccessKeyId, string Date, string Region, string Service, IReadOnlyList<string> SignedHeaders, string Value, string? SessionToken, DateTimeOffset Time, TimeSpan? Expires)
{
    private const string Algorithm = "AWS4-HMAC-SHA256";
    private const string TimeFormat = "yyyyMMdd'T'HHmmss'Z'";

    public bool IsPresigned => Expires is not null;

    public string Scope => $"{Date}/{Region}/{Service}/aws4_request";

    public string Timestamp => Time.ToString(TimeFormat, CultureInfo.InvariantCulture);

    /// <exception cref="SignatureFailure">there is none, or it cannot be read</exception>
    public static Signature Read(HttpRequest request) =>
        request.Headers.Authorization.ToString() is { Length: > 0 } header ? FromHeader(request, header)
        : request.Query["X-Amz-Algorithm"].ToString() is { Length: > 0 } algorithm ? FromQuery(request, algorithm)
        : throw new SignatureFailure(SignatureFault.Missing, "Missing Authentication Token");

    /// <summary>The key that signs within this signature's scope.</summary>
    public byte[] SigningKey(string secret)
    {
        var key = Encoding.UTF8.GetBytes("AWS4" + secret);
        foreach (var part in new[] { Date, Region, Service, "aws4_request" })
        {
            key = HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(part));
        }

        return key;
    }

    public string StringToSign(string canonicalRequest) =>
        $"{Algorithm}\n{Timestamp}\n{Scope}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalRequest)))}";

    private static Signature FromHeader(HttpRequest request, string header)
    {
        if (!header.StartsWith(Algorithm + " ", StringComparison.Ordinal))
        {
            throw Malformed($"Authorization header requires the algorithm {Algorithm}.");
        }

        var parts = header[(Algorithm.Length + 1)..].Split(',', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)
            .Select(part => part.Split('=', 2)).Where(part => part.Length == 2).ToLookup(part => part[0], part => part[1], StringComparer.Ordinal);
        string Part(string name) => parts[name].FirstOrDefault() ?? throw Malformed($"Authorization header requires '{name}' parameter.");
        var stamp = request.Headers["X-Amz-Date"].ToString();
        return Build(Part("Credential"), Part("SignedHeaders"), Part("Signature"), request.Headers["X-Amz-Security-Token"], stamp, null);
    }

    private static Signature FromQuery(HttpRequest request, string algorithm)
    {
        string Part(string name) => request.Query[name].ToString() is { Length: > 0 } value ? value : throw Malformed($"A presigned request requires '{name}'.");
        if (algorithm != Algorithm || !int.TryParse(Part("X-Amz-Expires"), NumberStyles.None, CultureInfo.InvariantCulture, out var seconds) || seconds is < 1 or > 604800)
        {
            throw Malformed("X-Amz-Algorithm or X-Amz-Expires is not valid.");
        }

        return Build(Part("X-Amz-Credential"), Part("X-Amz-SignedHeaders"), Part("X-Amz-Signature"), request.Query["X-Amz-Security-Token"], Part("X-Amz-Date"), TimeSpan.FromSeconds(seconds));
    }

    private static Signature Build(string credential, string signedHeaders, string value, string? token, string stamp, TimeSpan? expires)
    {
        if (!DateTimeOffset.TryParseExact(stamp, TimeFormat, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time))
        {
            throw Malformed("The request needs an X-Amz-Date such as 20260102T030405Z.");
        }

        // An access key may contain a slash, the scope may not.
        var parts = credential.Split('/');
        if (parts.Length < 5 || parts[^1] != "aws4_request" || parts[^4] != stamp[..8])
        {
            throw Malformed("Credential must have the form KEY/DATE/REGION/SERVICE/aws4_request with the date of X-Amz-Date.");
        }

        return new Signature(string.Join('/', parts[..^4]), parts[^4], parts[^3], parts[^2], signedHeaders.Split(';'), value, token, time, expires);
    }

    private static SignatureFailure Malformed(string message) => new(SignatureFault.Malformed, message);
}
