using System.Buffers.Text;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>Temporary credentials of a role's session.</summary>
/// <param name="Expires"><c>null</c>: never</param>
internal sealed record SessionCredentials(string AccessKeyId, string SecretAccessKey, string SessionToken, Caller Caller, DateTimeOffset? Expires);

/// <summary>Makes and opens session tokens: the token names the session and is sealed, the secret is derived from it, so nothing is kept.</summary>
internal sealed class SessionTokens(byte[] masterKey, TimeProvider time)
{
    public SessionCredentials Issue(string roleArn, string sessionName, TimeSpan? lifetime)
    {
        var role = roleArn[(roleArn.LastIndexOf('/') + 1)..];
        var caller = new Caller(Account.Id, $"arn:aws:sts::{Account.Id}:assumed-role/{role}/{sessionName}", $"{Identities.UniqueId("AROA", roleArn)}:{sessionName}") { RoleArn = roleArn };
        var expires = lifetime is { } span ? time.GetUtcNow() + span : (DateTimeOffset?)null;
        var claims = new Claims("ASIA" + Identities.Random(16), caller, expires?.ToUnixTimeSeconds());
        var body = Base64Url.EncodeToString(JsonSerializer.SerializeToUtf8Bytes(claims));
        return new SessionCredentials(claims.AccessKeyId, Secret(body), $"{body}.{Seal(body)}", caller, expires);
    }

    /// <exception cref="SignatureFailure">the token is not ours, belongs to another key or has expired</exception>
    public Credential Open(string accessKeyId, string token)
    {
        var dot = token.IndexOf('.', StringComparison.Ordinal);
        if (dot < 0 || !CryptographicOperations.FixedTimeEquals(Encoding.UTF8.GetBytes(token[(dot + 1)..]), Encoding.UTF8.GetBytes(Seal(token[..dot]))))
        {
            throw Invalid();
        }

        var claims = JsonSerializer.Deserialize<Claims>(Base64Url.DecodeFromChars(token.AsSpan(0, dot)))!;
        if (claims.AccessKeyId != accessKeyId)
        {
            throw Invalid();
        }

        return claims.Expires is not { } end || time.GetUtcNow().ToUnixTimeSeconds() < end
            ? new Credential(Secret(token[..dot]), claims.Caller)
            : throw new SignatureFailure(SignatureFault.ExpiredToken, "The security token included in the request is expired");
    }

    private static SignatureFailure Invalid() => new(SignatureFault.UnknownKey, "The security token included in the request is invalid.");

    private string Seal(string body) => Base64Url.EncodeToString(HMACSHA256.HashData(masterKey, Encoding.UTF8.GetBytes("seal:" + body)));

    private string Secret(string body) => Convert.ToBase64String(HMACSHA256.HashData(masterKey, Encoding.UTF8.GetBytes("secret:" + body)))[..40];

    /// <param name="Expires">Unix seconds</param>
    private sealed record Claims(string AccessKeyId, Caller Caller, long? Expires);
}
