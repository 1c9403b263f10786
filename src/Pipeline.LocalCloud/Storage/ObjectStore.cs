using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Buckets and objects. Bytes arrive first; naming them is one step under one lock, which is what makes conditional writes exact.</summary>
internal sealed partial class ObjectStore
{
    private readonly Table<Bucket> _buckets;
    private readonly Table<StoredObject> _objects;
    private readonly Table<StoredObject> _older;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private long _writes;

    public ObjectStore(Database database, TimeProvider time)
    {
        _time = time;
        _buckets = database.Table<Bucket>("s3/buckets");
        _objects = database.Table<StoredObject>("s3/objects");
        _older = database.Table<StoredObject>("s3/versions");
        var all = _objects.All.Concat(_older.All).ToList();
        _writes = all.Select(o => o.Number).DefaultIfEmpty().Max();
        Blobs = new Blobs(Path.Combine(database.Folder, "objects"));
        Blobs.KeepOnly(all.Select(o => o.Blob).ToHashSet());
    }

    public Blobs Blobs { get; }

    public IReadOnlyList<Bucket> Buckets => [.. _buckets.All.OrderBy(b => b.Name, StringComparer.Ordinal)];

    /// <exception cref="AwsException">NoSuchBucket</exception>
    public Bucket GetBucket(string name) => _buckets.Find(name) ?? throw new AwsException("NoSuchBucket", "The specified bucket does not exist", 404);

    public Bucket CreateBucket(string name, string region)
    {
        if (!BucketName().IsMatch(name) || name.Contains("..", StringComparison.Ordinal))
        {
            throw new AwsException("InvalidBucketName", "The specified bucket is not valid.");
        }

        lock (_lock)
        {
            if (_buckets.Find(name) is not null)
            {
                throw new AwsException("BucketAlreadyOwnedByYou", "Your previous request to create the named bucket succeeded and you already own it.", 409);
            }

            var bucket = new Bucket(name, region, _time.GetUtcNow());
            _buckets.Put(name, bucket);
            return bucket;
        }
    }

    public void DeleteBucket(string name)
    {
        lock (_lock)
        {
            GetBucket(name);
            if (Versions(name, "").Any())
            {
                throw new AwsException("BucketNotEmpty", $"The bucket you tried to delete is not empty{(Objects(name, "").Any() ? "" : ". You must delete all versions in the bucket.")}", 409);
            }

            _buckets.Remove(name);
        }
    }

    public Bucket ChangeBucket(string name, Func<Bucket, Bucket> change)
    {
        lock (_lock)
        {
            var changed = change(GetBucket(name));
            _buckets.Put(name, changed);
            return changed;
        }
    }

    public StoredObject? Find(string bucket, string key) => _objects.Find(Id(bucket, key)) is { IsDeleteMarker: false } found ? found : null;

    /// <param name="version">an id, <c>null</c> as a text for the version without one; <c>null</c> for the latest</param>
    /// <exception cref="AwsException">NoSuchBucket, NoSuchKey, NoSuchVersion, MethodNotAllowed (it is a delete marker)</exception>
    public StoredObject Get(string bucket, string key, string? version = null)
    {
        GetBucket(bucket);
        var found = version is null ? Find(bucket, key) ?? throw NoSuchKey() : FindVersion(bucket, key, version) ?? throw NoSuchVersion();
        return found.IsDeleteMarker ? throw new AwsException("MethodNotAllowed", "The specified method is not allowed against this resource.", 405) : found;
    }

    /// <summary>The object and its bytes, together: no writer comes between.</summary>
    public (StoredObject Object, FileStream Bytes) Open(string bucket, string key, string? version = null)
    {
        lock (_lock)
        {
            var found = Get(bucket, key, version);
            return (found, Blobs.Open(found.Blob));
        }
    }

    /// <summary>All bytes of an object that is known to be small, such as a template.</summary>
    public async Task<byte[]> ReadAll(string bucket, string key, CancellationToken cancel)
    {
        var (found, file) = Open(bucket, key);
        await using (file)
        {
            var bytes = new byte[found.Size];
            await file.ReadExactlyAsync(bytes, cancel);
            return bytes;
        }
    }

    /// <summary>Objects whose key starts with the prefix, in the order S3 lists them.</summary>
    public IEnumerable<StoredObject> Objects(string bucket, string prefix)
    {
        var start = Id(bucket, prefix);
        return _objects.All.Where(o => o.Bucket == bucket && !o.IsDeleteMarker && Id(o.Bucket, o.Key).StartsWith(start, StringComparison.Ordinal)).OrderBy(o => o.Key, StringComparer.Ordinal);
    }

    /// <summary>All versions and delete markers of the keys that start with the prefix; of each key the newest first.</summary>
    public IEnumerable<(StoredObject Version, bool IsLatest)> Versions(string bucket, string prefix) =>
        _objects.All.Select(o => (Version: o, IsLatest: true)).Concat(_older.All.Select(o => (Version: o, IsLatest: false)))
            .Where(o => o.Version.Bucket == bucket && o.Version.Key.StartsWith(prefix, StringComparison.Ordinal))
            .OrderBy(o => o.Version.Key, StringComparer.Ordinal).ThenByDescending(o => o.Version.Number);

    /// <summary>Gives bytes a name if the condition holds; otherwise the bytes are gone.</summary>
    /// <exception cref="AwsException">PreconditionFailed, NoSuchKey (a match was asked with an object that is not there), NoSuchBucket</exception>
    public StoredObject Put(StoredObject draft, Condition condition)
    {
        lock (_lock)
        {
            try
            {
                GetBucket(draft.Bucket);
                Check(condition, Find(draft.Bucket, draft.Key));
            }
            catch
            {
                Blobs.Delete(draft.Blob);
                throw;
            }

            return Place(GetBucket(draft.Bucket), draft);
        }
    }

    /// <summary>Deletes an object if the condition holds; one that is not there counts as deleted unless a match was asked.</summary>
    /// <returns>the delete marker that took its place where the bucket keeps versions</returns>
    public StoredObject? Delete(string bucket, string key, Condition condition)
    {
        lock (_lock)
        {
            var owner = GetBucket(bucket);
            var found = Find(bucket, key);
            Check(condition, found);
            if (owner.Versioning is not null)
            {
                return Place(owner, new StoredObject(bucket, key, "", 0, "", default, new Dictionary<string, string>(), new Dictionary<string, string>()) { IsDeleteMarker = true });
            }

            if (found is not null)
            {
                _objects.Remove(Id(bucket, key));
                Blobs.Delete(found.Blob);
            }

            return null;
        }
    }

    /// <summary>Deletes one version for good; the one before it is the latest then. A version that is not there counts as deleted.</summary>
    public StoredObject? DeleteVersion(string bucket, string key, string version)
    {
        lock (_lock)
        {
            GetBucket(bucket);
            var found = FindVersion(bucket, key, version);
            if (found is null)
            {
                return null;
            }

            if (!_older.Remove(VersionId(found)))
            {
                _objects.Remove(Id(bucket, key));
                if (Older(bucket, key).MaxBy(o => o.Number) is { } next)
                {
                    _objects.Put(Id(bucket, key), next);
                    _older.Remove(VersionId(next));
                }
            }

            Blobs.Delete(found.Blob);
            return found;
        }
    }

    /// <summary>Makes it the latest; what was the latest stays as a version where the bucket keeps them.</summary>
    private StoredObject Place(Bucket bucket, StoredObject draft)
    {
        draft = draft with { Modified = _time.GetUtcNow(), Number = ++_writes, Version = bucket.Versioning == "Enabled" ? Identity.Identities.Random(32) : null };
        var id = Id(draft.Bucket, draft.Key);
        var latest = _objects.Find(id);
        if (latest is not null && (latest.Version is not null || draft.Version is not null))
        {
            _older.Put(VersionId(latest), latest);
        }

        _objects.Put(id, draft);
        // There is only one version without an id.
        var replaced = draft.Version is not null ? null : latest is { Version: null } ? latest : Older(draft.Bucket, draft.Key).FirstOrDefault(o => o.Version is null);
        if (replaced is not null)
        {
            _older.Remove(VersionId(replaced));
            Blobs.Delete(replaced.Blob);
        }

        return draft;
    }

    private StoredObject? FindVersion(string bucket, string key, string version)
    {
        var wanted = version == "null" ? null : version;
        return _objects.Find(Id(bucket, key)) is { } latest && latest.Version == wanted ? latest : Older(bucket, key).FirstOrDefault(o => o.Version == wanted);
    }

    private IEnumerable<StoredObject> Older(string bucket, string key) => _older.All.Where(o => o.Bucket == bucket && o.Key == key);

    /// <summary>Whether a value of <c>If-Match</c> or <c>If-None-Match</c> names this entity tag.</summary>
    public static bool Names(string header, string etag) => header.Split(',', StringSplitOptions.TrimEntries)
        .Any(tag => tag == "*" || (tag.StartsWith("W/", StringComparison.Ordinal) ? tag[2..] : tag).Trim('"') == etag);

    private static void Check(Condition condition, StoredObject? found)
    {
        if (condition.IfMatch is { } match)
        {
            if (found is null)
            {
                throw NoSuchKey();
            }

            if (!Names(match, found.ETag))
            {
                throw PreconditionFailed();
            }
        }

        if (condition.IfNoneMatch is { } none && found is not null && Names(none, found.ETag))
        {
            throw PreconditionFailed();
        }
    }

    private static AwsException NoSuchKey() => new("NoSuchKey", "The specified key does not exist.", 404);

    private static AwsException NoSuchVersion() => new("NoSuchVersion", "The specified version does not exist.", 404);

    private static AwsException PreconditionFailed() => new("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);

    private static string Id(string bucket, string key) => $"{bucket}/{key}";

    private static string VersionId(StoredObject item) => $"{Id(item.Bucket, item.Key)}?{item.Version}";

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}
