using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;
using Pipeline.LocalCloud.State;

namespace Pipeline.LocalCloud.Storage;

/// <summary>Buckets and objects. Bytes arrive first; naming them is one step under one lock, which is what makes conditional writes exact.</summary>
internal sealed partial class ObjectStore
{
    private readonly Table<Bucket> _buckets;
    private readonly Table<StoredObject> _objects;
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();

    public ObjectStore(Database database, TimeProvider time)
    {
        _time = time;
        _buckets = database.Table<Bucket>("s3/buckets");
        _objects = database.Table<StoredObject>("s3/objects");
        Blobs = new Blobs(Path.Combine(database.Folder, "objects"));
        Blobs.KeepOnly(_objects.All.Select(o => o.Blob).ToHashSet());
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
            if (Objects(name, "").Any())
            {
                throw new AwsException("BucketNotEmpty", "The bucket you tried to delete is not empty", 409);
            }

            _buckets.Remove(name);
        }
    }

    public StoredObject? Find(string bucket, string key) => _objects.Find(Id(bucket, key));

    /// <exception cref="AwsException">NoSuchBucket, NoSuchKey</exception>
    public StoredObject Get(string bucket, string key)
    {
        GetBucket(bucket);
        return Find(bucket, key) ?? throw NoSuchKey();
    }

    /// <summary>The object and its bytes, together: no writer comes between.</summary>
    public (StoredObject Object, FileStream Bytes) Open(string bucket, string key)
    {
        lock (_lock)
        {
            var found = Get(bucket, key);
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
        return _objects.All.Where(o => o.Bucket == bucket && Id(o.Bucket, o.Key).StartsWith(start, StringComparison.Ordinal)).OrderBy(o => o.Key, StringComparer.Ordinal);
    }

    /// <summary>Gives bytes a name if the condition holds; otherwise the bytes are gone.</summary>
    /// <exception cref="AwsException">PreconditionFailed, NoSuchKey (a match was asked with an object that is not there), NoSuchBucket</exception>
    public StoredObject Put(StoredObject draft, Condition condition)
    {
        StoredObject? replaced;
        lock (_lock)
        {
            try
            {
                GetBucket(draft.Bucket);
                replaced = Find(draft.Bucket, draft.Key);
                Check(condition, replaced);
            }
            catch
            {
                Blobs.Delete(draft.Blob);
                throw;
            }

            draft = draft with { Modified = _time.GetUtcNow() };
            _objects.Put(Id(draft.Bucket, draft.Key), draft);
        }

        if (replaced is not null)
        {
            Blobs.Delete(replaced.Blob);
        }

        return draft;
    }

    /// <summary>Deletes an object if the condition holds; one that is not there counts as deleted unless a match was asked.</summary>
    public void Delete(string bucket, string key, Condition condition)
    {
        StoredObject? found;
        lock (_lock)
        {
            GetBucket(bucket);
            found = Find(bucket, key);
            Check(condition, found);
            _objects.Remove(Id(bucket, key));
        }

        if (found is not null)
        {
            Blobs.Delete(found.Blob);
        }
    }

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

    private static AwsException PreconditionFailed() => new("PreconditionFailed", "At least one of the pre-conditions you specified did not hold", 412);

    private static string Id(string bucket, string key) => $"{bucket}/{key}";

    [GeneratedRegex(@"^[a-z0-9][a-z0-9.-]{1,61}[a-z0-9]\z")]
    private static partial Regex BucketName();
}
