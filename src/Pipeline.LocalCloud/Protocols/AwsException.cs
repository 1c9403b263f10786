namespace Pipeline.LocalCloud.Protocols;

/// <summary>A refusal in AWS's form: an error code that clients know, a sentence, an HTTP status.</summary>
internal sealed class AwsException(string code, string message, int status = 400) : Exception(message)
{
    public string Code { get; } = code;

    public int Status { get; } = status;

    /// <summary>The older code that clients in <c>x-amzn-query-mode</c> are told, where a service once spoke the query wire with another name for it.</summary>
    public string QueryCode { get; init; } = code;
}
