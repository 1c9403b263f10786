namespace Pipeline.Aws;

/// <summary>The clients' times (UTC, each may be missing) as ours.</summary>
internal static class AwsTime
{
    public static DateTimeOffset? Optional(DateTime? time) => time is { } t ? new DateTimeOffset(t.ToUniversalTime()) : null;

    public static DateTimeOffset Required(DateTime? time) => Optional(time) ?? DateTimeOffset.UnixEpoch;
}
