using System.Security.Cryptography;

namespace Pipeline.LocalCloud.Identity;

/// <summary>Copies a request's payload, without the framing of chunks, and gives the trailers that came after it.</summary>
/// <exception cref="SignatureFailure">the payload is not what was signed; what was copied so far must be thrown away</exception>
internal delegate Task<IReadOnlyDictionary<string, string>> CopyBody(Stream target, CancellationToken cancel);

/// <summary>A request's payload, which proves itself while it is copied.</summary>
internal sealed class SignedBody(CopyBody copy)
{
    public const string Unsigned = "UNSIGNED-PAYLOAD";
    private static readonly IReadOnlyDictionary<string, string> NoTrailers = new Dictionary<string, string>();

    public CopyBody CopyTo { get; } = copy;

    public static SignedBody Of(byte[] bytes) => new(async (target, cancel) =>
    {
        await target.WriteAsync(bytes, cancel);
        return NoTrailers;
    });

    /// <param name="declared">what <c>x-amz-content-sha256</c> says: a hash, or how the payload is framed</param>
    public static SignedBody For(HttpRequest request, string declared, ChunkSigner signer) => new(declared switch
    {
        Unsigned => async (target, cancel) =>
        {
            await request.Body.CopyToAsync(target, cancel);
            return NoTrailers;
        },
        "STREAMING-AWS4-HMAC-SHA256-PAYLOAD" or "STREAMING-AWS4-HMAC-SHA256-PAYLOAD-TRAILER" => (target, cancel) => new ChunkedBody(request.Body, signer).CopyTo(target, cancel),
        "STREAMING-UNSIGNED-PAYLOAD-TRAILER" => (target, cancel) => new ChunkedBody(request.Body, null).CopyTo(target, cancel),
        _ => (target, cancel) => CopyHashed(request.Body, target, declared, cancel),
    });

    public async Task<byte[]> ReadAll(int limit, CancellationToken cancel)
    {
        using var bytes = new MemoryStream();
        await CopyTo(bytes, cancel);
        return bytes.Length <= limit ? bytes.ToArray() : throw new Protocols.AwsException("MaxMessageLengthExceeded", "Your request was too large.");
    }

    private static async Task<IReadOnlyDictionary<string, string>> CopyHashed(Stream source, Stream target, string declared, CancellationToken cancel)
    {
        using var hash = IncrementalHash.CreateHash(HashAlgorithmName.SHA256);
        var buffer = new byte[64 << 10];
        int read;
        while ((read = await source.ReadAsync(buffer, cancel)) > 0)
        {
            hash.AppendData(buffer, 0, read);
            await target.WriteAsync(buffer.AsMemory(0, read), cancel);
        }

        return Convert.ToHexStringLower(hash.GetHashAndReset()) == declared
            ? NoTrailers
            : throw new SignatureFailure(SignatureFault.BodyMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.");
    }
}
