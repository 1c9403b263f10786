using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

internal enum SignatureFault
{
    Missing,
    Malformed,
    UnknownKey,
    ExpiredToken,
    Skewed,
    Mismatch,
    BodyMismatch,
}

/// <summary>A request is not signed by who it says. Each protocol family has its own code for the same fault.</summary>
internal sealed class SignatureFailure(SignatureFault fault, string message) : Exception(message)
{
    public SignatureFault Fault { get; } = fault;

    public AwsException ForJson() => new(Fault switch
    {
        SignatureFault.Missing => "MissingAuthenticationTokenException",
        SignatureFault.Malformed => "IncompleteSignatureException",
        SignatureFault.UnknownKey => "UnrecognizedClientException",
        SignatureFault.ExpiredToken => "ExpiredTokenException",
        _ => "InvalidSignatureException",
    }, Message);

    public AwsException ForQuery() => new(Fault switch
    {
        SignatureFault.Missing => "MissingAuthenticationToken",
        SignatureFault.Malformed => "IncompleteSignature",
        SignatureFault.UnknownKey => "InvalidClientTokenId",
        SignatureFault.ExpiredToken => "ExpiredToken",
        _ => "SignatureDoesNotMatch",
    }, Message, Fault == SignatureFault.Malformed ? 400 : 403);

    public AwsException ForStorage() => Fault switch
    {
        SignatureFault.Missing => new("AccessDenied", "Access Denied", 403),
        SignatureFault.Malformed => new("AuthorizationHeaderMalformed", Message),
        SignatureFault.UnknownKey => new("InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.", 403),
        SignatureFault.ExpiredToken => new("ExpiredToken", "The provided token has expired."),
        SignatureFault.Skewed => new("RequestTimeTooSkewed", "The difference between the request time and the current time is too large.", 403),
        SignatureFault.BodyMismatch => new("XAmzContentSHA256Mismatch", "The provided 'x-amz-content-sha256' header does not match what was computed."),
        _ => new("SignatureDoesNotMatch", "The request signature we calculated does not match the signature you provided. Check your key and signing method.", 403),
    };
}
