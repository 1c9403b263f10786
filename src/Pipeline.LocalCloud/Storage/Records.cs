namespace Pipeline.LocalCloud.Storage;

/// <summary>A bucket and what was set on it.</summary>
internal sealed record Bucket(string Name, string Region, DateTimeOffset Created)
{
    /// <summary><c>Enabled</c> or <c>Suspended</c>; <c>null</c> when it never kept versions.</summary>
    public string? Versioning { get; init; }

    /// <summary>Query key of the setting → the document that was put there, as <see cref="BucketSettings"/> describes.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();
}

/// <summary>One object: what S3 says about it, and the blob that holds its bytes.</summary>
/// <param name="ETag">without quotes</param>
/// <param name="Headers">those that a reader gets back: content headers and <c>x-amz-meta-*</c></param>
/// <param name="Checksums">header name → value, those that the writer asked for</param>
internal sealed record StoredObject(
    string Bucket, string Key, string Blob, long Size, string ETag, DateTimeOffset Modified, IReadOnlyDictionary<string, string> Headers, IReadOnlyDictionary<string, string> Checksums)
{
    /// <summary><c>null</c> for what was written while its bucket kept no versions.</summary>
    public string? Version { get; init; }

    /// <summary>Grows with every write: the order of versions.</summary>
    public long Number { get; init; }

    /// <summary>Says that the key was deleted while its bucket kept versions; it has no bytes.</summary>
    public bool IsDeleteMarker { get; init; }
}

/// <summary>Bytes that have arrived and are on disk, but belong to no object yet.</summary>
/// <param name="Md5">lower-case hex</param>
/// <param name="Checksums">header name → value</param>
internal sealed record Blob(string Id, long Size, string Md5, IReadOnlyDictionary<string, string> Checksums);

/// <summary>What must hold for a change to be made, in the values of <c>If-Match</c> and <c>If-None-Match</c>.</summary>
internal sealed record Condition(string? IfMatch, string? IfNoneMatch)
{
    public static Condition None { get; } = new(null, null);
}
