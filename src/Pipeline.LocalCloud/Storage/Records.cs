namespace Pipeline.LocalCloud.Storage;

internal sealed record Bucket(string Name, string Region, DateTimeOffset Created);

/// <summary>One object: what S3 says about it, and the blob that holds its bytes.</summary>
/// <param name="ETag">without quotes</param>
/// <param name="Headers">those that a reader gets back: content headers and <c>x-amz-meta-*</c></param>
/// <param name="Checksums">header name → value, those that the writer asked for</param>
internal sealed record StoredObject(
    string Bucket, string Key, string Blob, long Size, string ETag, DateTimeOffset Modified, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Checksums);

/// <summary>Bytes that have arrived and are on disk, but belong to no object yet.</summary>
/// <param name="Md5">lower-case hex</param>
/// <param name="Checksums">header name → value</param>
internal sealed record Blob(string Id, long Size, string Md5, IReadOnlyDictionary<string, string> Checksums);

/// <summary>What must hold for a change to be made, in the values of <c>If-Match</c> and <c>If-None-Match</c>.</summary>
internal sealed record Condition(string? IfMatch, string? IfNoneMatch)
{
    public static Condition None { get; } = new(null, null);
}
