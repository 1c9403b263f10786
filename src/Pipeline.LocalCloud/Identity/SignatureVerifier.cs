using System.Security.Cryptography;
using System.Text;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>A request whose signature holds; the body is proven while <see cref="Body"/> copies it.</summary>
internal sealed record SignedRequest(Caller Caller, string Region, string Service, SignedBody Body);

/// <summary>Checks Signature Version 4, in the header or in the query.</summary>
internal sealed class SignatureVerifier(Identities identities, TimeProvider time)
{
    /// <summary>What a call that is not to S3 may weigh; its body is read before it is believed.</summary>
    private const int LargestCall = 8 << 20;

    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(15);

    /// <exception cref="SignatureFailure">the request is not signed by who it says, or not now, or not as it arrived</exception>
    public async Task<SignedRequest> Verify(HttpRequest request)
    {
        var signature = Signature.Read(request);
        RefuseUnsignedHeaders(request, signature);
        RefuseOtherTimes(signature);
        var credential = identities.Find(signature.AccessKeyId, signature.SessionToken);
        var key = signature.SigningKey(credential.Secret);
        var declared = request.Headers["X-Amz-Content-Sha256"].ToString();
        if (signature.Service == "s3")
        {
            var hash = declared.Length > 0 ? declared
                : signature.IsPresigned ? SignedBody.Unsigned
                : throw new AwsException("InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
            Check(request, signature, key, hash);
            return new(credential.Caller, signature.Region, signature.Service, SignedBody.For(request, hash, new ChunkSigner(key, signature)));
        }

        var body = await ReadAll(request);
        var computed = Convert.ToHexStringLower(SHA256.HashData(body));
        if (declared.Length > 0 && declared != computed)
        {
            throw new SignatureFailure(SignatureFault.BodyMismatch, "The provided 'x-amz-content-sha256' header does not match what was computed.");
        }

        Check(request, signature, key, computed);
        return new(credential.Caller, signature.Region, signature.Service, SignedBody.Of(body));
    }

    private static void Check(HttpRequest request, Signature signature, byte[] key, string payloadHash)
    {
        var expected = Convert.ToHexStringLower(HMACSHA256.HashData(key, Encoding.UTF8.GetBytes(signature.StringToSign(CanonicalRequest.Of(request, signature, payloadHash)))));
        if (!CryptographicOperations.FixedTimeEquals(Encoding.ASCII.GetBytes(expected), Encoding.ASCII.GetBytes(signature.Value)))
        {
            throw new SignatureFailure(SignatureFault.Mismatch, "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.");
        }
    }

    private static void RefuseUnsignedHeaders(HttpRequest request, Signature signature)
    {
        // Whatever decides what a request does must be signed: nobody may point a signed body at another operation.
        var unsigned = request.Headers.Keys.Where(name => name.StartsWith("x-amz-", StringComparison.OrdinalIgnoreCase)
            && !name.Equals("x-amz-user-agent", StringComparison.OrdinalIgnoreCase)
            && !(signature.IsPresigned && name.Equals("x-amz-content-sha256", StringComparison.OrdinalIgnoreCase))).Append("host")
            .Except(signature.SignedHeaders, StringComparer.OrdinalIgnoreCase).ToList();
        if (unsigned.Count > 0)
        {
            throw new SignatureFailure(SignatureFault.Mismatch, $"There were headers present in the request which were not signed: {string.Join(", ", unsigned)}");
        }
    }

    private void RefuseOtherTimes(Signature signature)
    {
        var now = time.GetUtcNow();
        if (signature.Time > now + Skew)
        {
            throw new SignatureFailure(SignatureFault.Skewed, $"Signature not yet current: {signature.Timestamp} is still later than {now:yyyyMMdd'T'HHmmss'Z'} (+ 15 min.)");
        }

        if (signature.Time + (signature.Expires ?? Skew) < now)
        {
            throw new SignatureFailure(SignatureFault.Skewed, $"Signature expired: {signature.Timestamp} is now earlier than {now:yyyyMMdd'T'HHmmss'Z'} (- 15 min.)");
        }
    }

    private static async Task<byte[]> ReadAll(HttpRequest request)
    {
        var body = new MemoryStream();
        var buffer = new byte[16 << 10];
        int read;
        while ((read = await request.Body.ReadAsync(buffer, request.HttpContext.RequestAborted)) > 0)
        {
            body.Write(buffer, 0, read);
            if (body.Length > LargestCall)
            {
                throw new AwsException("RequestEntityTooLargeException", $"A request may not be larger than {LargestCall} bytes.", 413);
            }
        }

        return body.ToArray();
    }
}
