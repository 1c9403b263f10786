using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Registry;

/// <summary>Passwords for the registry: they carry their own end and are signed, so none has to be remembered.</summary>
internal sealed class RegistryPassword
{
    private static readonly TimeSpan Lifetime = TimeSpan.FromHours(12);
    private readonly TimeProvider _clock;
    private readonly byte[] _key;

    public RegistryPassword(Database database, TimeProvider clock)
    {
        _clock = clock;
        var table = database.Table<SigningKey>("ecr/key");
        var key = table.Find("key");
        if (key is null)
        {
            key = new SigningKey(Convert.ToHexString(RandomNumberGenerator.GetBytes(32)));
            table.Put("key", key);
        }

        _key = Convert.FromHexString(key.Hex);
    }

    public (string Password, DateTimeOffset Expires) Issue()
    {
        var expires = _clock.GetUtcNow() + Lifetime;
        var end = expires.ToUnixTimeSeconds().ToString(CultureInfo.InvariantCulture);
        return ($"{end}.{Sign(end)}", expires);
    }

    public bool IsValid(string password)
    {
        var dot = password.IndexOf('.', StringComparison.Ordinal);
        return dot > 0
            && long.TryParse(password[..dot], NumberStyles.None, CultureInfo.InvariantCulture, out var end)
            && CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(Sign(password[..dot])), Encoding.ASCII.GetBytes(password[(dot + 1)..]))
            && end > _clock.GetUtcNow().ToUnixTimeSeconds();
    }

    private string Sign(string text) => Convert.ToHexStringLower(HMACSHA256.HashData(_key, Encoding.ASCII.GetBytes(text)));

    private sealed record SigningKey(string Hex);
}
