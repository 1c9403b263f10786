namespace Pipeline.LocalCloud.Topics;

/// <param name="Arn">arn:aws:sns:REGION:ACCOUNT:NAME</param>
/// <param name="Attributes">those that were set: DisplayName, Policy, KmsMasterKeyId …</param>
internal sealed record Topic(string Arn, IReadOnlyDictionary<string, string> Attributes, IReadOnlyDictionary<string, string> Tags)
{
    public string Name => Arn[(Arn.LastIndexOf(':') + 1)..];
}

/// <param name="Token">what its endpoint must answer to confirm it; <c>null</c> once it is confirmed</param>
internal sealed record Subscription(string Arn, string TopicArn, string Protocol, string Endpoint, string? Token)
{
    public bool IsRaw { get; init; }
}

internal sealed record Notification(string Id, string TopicArn, string? Subject, string Message, DateTimeOffset Time)
{
    /// <summary>Of the message, by name.</summary>
    public IReadOnlyDictionary<string, (string Type, string Value)> Attributes { get; init; } = new Dictionary<string, (string, string)>();
}
