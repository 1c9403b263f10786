using System.Globalization;
using System.Xml.Linq;
using Pipeline.LocalCloud.Identity;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Lists all versions and delete markers of a bucket's objects in pages.</summary>
internal static class VersionListing
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;

    public static Task Answer(ObjectStore store, StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        if (request.Query("delimiter") is { Length: > 0 })
        {
            throw StorageRequest.NotImplemented("a delimiter when listing versions");
        }

        var prefix = request.Query("prefix") ?? "";
        var size = int.TryParse(request.Query("max-keys"), NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 1000) : 1000;
        var after = request.Query("key-marker") ?? "";
        var afterVersion = request.Query("version-id-marker");
        var rest = store.Versions(request.Bucket, prefix).SkipWhile(item => string.CompareOrdinal(item.Version.Key, after) < 0).ToList();
        // Without a version the marker means the whole key.
        var start = after.Length == 0 ? 0
            : afterVersion is null ? rest.FindLastIndex(item => item.Version.Key == after) + 1
            : rest.FindIndex(item => item.Version.Key == after && (item.Version.Version ?? "null") == afterVersion) + 1;
        var page = rest.Skip(start).Take(size).ToList();
        var more = rest.Count > start + page.Count && page.Count > 0;

        var encode = request.Query("encoding-type") == "url";
        string Name(string name) => encode ? Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal) : name;
        return request.Xml(new XElement(Ns + "ListVersionsResult",
            new XElement(Ns + "Name", request.Bucket), new XElement(Ns + "Prefix", Name(prefix)), new XElement(Ns + "KeyMarker", Name(after)), new XElement(Ns + "VersionIdMarker", afterVersion),
            new XElement(Ns + "MaxKeys", size), new XElement(Ns + "IsTruncated", more),
            encode ? new XElement(Ns + "EncodingType", "url") : null,
            more ? new XElement(Ns + "NextKeyMarker", Name(page[^1].Version.Key)) : null,
            more ? new XElement(Ns + "NextVersionIdMarker", page[^1].Version.Version ?? "null") : null,
            page.Select(item => new XElement(Ns + (item.Version.IsDeleteMarker ? "DeleteMarker" : "Version"),
                new XElement(Ns + "Key", Name(item.Version.Key)), new XElement(Ns + "VersionId", item.Version.Version ?? "null"), new XElement(Ns + "IsLatest", item.IsLatest),
                new XElement(Ns + "LastModified", BucketRequests.Time(item.Version.Modified)),
                item.Version.IsDeleteMarker ? null : new XElement(Ns + "ETag", $"\"{item.Version.ETag}\""),
                item.Version.IsDeleteMarker ? null : new XElement(Ns + "Size", item.Version.Size),
                item.Version.IsDeleteMarker ? null : new XElement(Ns + "StorageClass", "STANDARD"),
                new XElement(Ns + "Owner", new XElement(Ns + "ID", Account.Id))))));
    }
}
