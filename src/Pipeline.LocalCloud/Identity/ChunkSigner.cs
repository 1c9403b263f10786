using System.Security.Cryptography;
using System.Text;

namespace Pipeline.LocalCloud.Identity;

/// <summary>Checks the chain of chunk signatures: each chunk is signed together with the signature before it.</summary>
internal sealed class ChunkSigner(byte[] key, Signature seed)
{
    private static readonly string EmptyHash = Convert.ToHexStringLower(SHA256.HashData([]));
    private string _previous = seed.Value;

    public void CheckChunk(byte[] hash, string? signature) => Check($"AWS4-HMAC-SHA256-PAYLOAD\n{seed.Timestamp}\n{seed.Scope}\n{_previous}\n{EmptyHash}\n{Convert.ToHexStringLower(hash)}", signature);

    public void CheckTrailer(string canonicalTrailers, string? signature) => Check(
        $"AWS4-HMAC-SHA256-TRAILER\n{seed.Timestamp}\n{seed.Scope}\n{_previous}\n{Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(canonicalTrailers)))}", signature);

    private void Check(string stringToSign, string? signature)
    {
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(stringToSign)));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature ?? "")))
        {
            throw new SignatureFailure(SignatureFault.Mismatch, "The signature of a chunk does not match.");
        }

        _previous = expected;
    }
}
