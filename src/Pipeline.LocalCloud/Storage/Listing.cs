using System.Globalization;
using System.Text;
using System.Xml.Linq;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Lists a bucket's objects in pages, those behind a delimiter folded into common prefixes.</summary>
internal static class Listing
{
    private static readonly XNamespace Ns = StorageRoom.Namespace;

    public static Task Answer(ObjectStore store, StorageRequest request)
    {
        store.GetBucket(request.Bucket);
        var second = request.Query("list-type") == "2";
        var prefix = request.Query("prefix") ?? "";
        var delimiter = request.Query("delimiter") ?? "";
        var size = request.Query("max-keys") is { Length: > 0 } text
            ? int.TryParse(text, NumberStyles.None, CultureInfo.InvariantCulture, out var number) ? Math.Min(number, 1000) : throw new AwsException("InvalidArgument", "Provided max-keys not an integer or within integer range")
            : 1000;
        var token = request.Query("continuation-token");
        var after = second ? token is null ? request.Query("start-after") ?? "" : FromToken(token) : request.Query("marker") ?? "";
        var page = Take(store.Objects(request.Bucket, prefix), prefix, delimiter, after, size);

        var encode = request.Query("encoding-type") == "url";
        string Name(string name) => encode ? Uri.EscapeDataString(name).Replace("%2F", "/", StringComparison.Ordinal) : name;
        var result = new XElement(Ns + "ListBucketResult",
            new XElement(Ns + "Name", request.Bucket), new XElement(Ns + "Prefix", Name(prefix)), new XElement(Ns + "MaxKeys", size), new XElement(Ns + "IsTruncated", page.Next is not null));
        Add("Delimiter", delimiter.Length > 0 ? Name(delimiter) : null);
        Add("EncodingType", encode ? "url" : null);
        if (second)
        {
            Add("KeyCount", (page.Objects.Count + page.Prefixes.Count).ToString(CultureInfo.InvariantCulture));
            Add("ContinuationToken", token);
            Add("StartAfter", request.Query("start-after") is { } start ? Name(start) : null);
            Add("NextContinuationToken", page.Next is { } next ? ToToken(next) : null);
        }
        else
        {
            Add("Marker", Name(after));
            Add("NextMarker", page.Next is { } next ? Name(next) : null);
        }

        result.Add(page.Objects.Select(o => new XElement(Ns + "Contents",
            new XElement(Ns + "Key", Name(o.Key)), new XElement(Ns + "LastModified", BucketRequests.Time(o.Modified)), new XElement(Ns + "ETag", $"\"{o.ETag}\""),
            new XElement(Ns + "Size", o.Size), new XElement(Ns + "StorageClass", "STANDARD"))));
        result.Add(page.Prefixes.Select(p => new XElement(Ns + "CommonPrefixes", new XElement(Ns + "Prefix", Name(p)))));
        return request.Xml(result);

        void Add(string name, string? value)
        {
            if (value is not null)
            {
                result.Add(new XElement(Ns + name, value));
            }
        }
    }

    private static Page Take(IEnumerable<StoredObject> objects, string prefix, string delimiter, string after, int size)
    {
        var page = new Page([], []);
        var last = "";
        foreach (var item in objects)
        {
            var cut = delimiter.Length == 0 ? -1 : item.Key.IndexOf(delimiter, prefix.Length, StringComparison.Ordinal);
            var name = cut < 0 ? item.Key : item.Key[..(cut + delimiter.Length)];
            if (string.CompareOrdinal(name, after) <= 0 || name == last)
            {
                continue;
            }

            if (page.Objects.Count + page.Prefixes.Count == size)
            {
                return size == 0 ? page : page with { Next = last };
            }

            if (cut < 0)
            {
                page.Objects.Add(item);
            }
            else
            {
                page.Prefixes.Add(name);
            }

            last = name;
        }

        return page;
    }

    private static string ToToken(string key) => Convert.ToBase64String(Encoding.UTF8.GetBytes(key));

    private static string FromToken(string token)
    {
        try
        {
            return Encoding.UTF8.GetString(Convert.FromBase64String(token));
        }
        catch (FormatException)
        {
            throw new AwsException("InvalidArgument", "The continuation token provided is incorrect");
        }
    }

    /// <param name="Next">the last name of this page where there are more</param>
    private sealed record Page(List<StoredObject> Objects, List<string> Prefixes, string? Next = null);
}
