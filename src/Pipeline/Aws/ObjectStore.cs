using System.Runtime.CompilerServices;
using System.Text.Json;
using System.Text.Json.Serialization;
using Amazon.S3.Model;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>An object as it was read.</summary>
/// <param name="Value">its content</param>
/// <param name="ETag">its version, for <see cref="ObjectStore.PutIfMatch"/></param>
public sealed record StoredObject<T>(T Value, string ETag);

/// <summary>An object's place in a listing.</summary>
/// <param name="Key">its whole key</param>
/// <param name="ETag">its version</param>
/// <param name="Size">bytes</param>
/// <param name="Modified">when it was written</param>
public sealed record ObjectEntry(string Key, string ETag, long Size, DateTimeOffset Modified);

/// <summary>
/// An S3 bucket of JSON documents with optimistic locking. Losing a race is a result, not an error; other failures are
/// <see cref="AwsRefusedException"/> and <see cref="AwsUnreachableException"/>.
/// </summary>
/// <remarks>
/// A conditional write whose answer got lost is repeated and then meets itself: it says "conflict" though it won. A document that is
/// fought over must therefore name its writer, who reads it back before giving up.
/// </remarks>
/// <param name="bucket">name; <see cref="EnsureBucket"/> makes it</param>
public sealed class ObjectStore(AwsConnection aws, string bucket)
{
    /// <summary>How documents are written: camelCase names and enumerations, indented for people.</summary>
    public static JsonSerializerOptions Json { get; } = new(JsonSerializerDefaults.Web)
    {
        WriteIndented = true,
        Converters = { new JsonStringEnumConverter(JsonNamingPolicy.CamelCase) },
    };

    /// <summary>Makes the bucket unless it is there.</summary>
    public async Task EnsureBucket(CancellationToken cancel)
    {
        if (await Exists(cancel).ConfigureAwait(false))
        {
            return;
        }

        try
        {
            await aws.Ask($"create bucket '{bucket}'", () => aws.S3.PutBucketAsync(new PutBucketRequest { BucketName = bucket, BucketRegionName = aws.Region }, cancel), cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (e.Code is "BucketAlreadyOwnedByYou")
        {
            // Another run was quicker.
        }
    }

    /// <summary>Gives the bucket a policy, unless the one it has is the same or another one that holds what <paramref name="mark"/> says.</summary>
    /// <param name="policy">a document, JSON</param>
    /// <param name="mark">a text of the policy that somebody else gave it; that one stays</param>
    internal async Task EnsurePolicy(string policy, string mark, CancellationToken cancel)
    {
        if (await Policy(cancel).ConfigureAwait(false) is { } held && (held == policy || held.Contains(mark, StringComparison.Ordinal)))
        {
            return;
        }

        await aws.AskRepeatedly($"set the policy of bucket '{bucket}'", () => aws.S3.PutBucketPolicyAsync(new PutBucketPolicyRequest { BucketName = bucket, Policy = policy }, cancel), cancel).ConfigureAwait(false);
    }

    /// <summary>The bucket's policy; <c>null</c>: it has none.</summary>
    internal async Task<string?> Policy(CancellationToken cancel)
    {
        try
        {
            return (await aws.AskRepeatedly($"read the policy of bucket '{bucket}'", () => aws.S3.GetBucketPolicyAsync(new GetBucketPolicyRequest { BucketName = bucket }, cancel), cancel).ConfigureAwait(false)).Policy;
        }
        catch (AwsRefusedException e) when (e.Code == "NoSuchBucketPolicy")
        {
            return null;
        }
    }

    /// <summary>The bucket is there.</summary>
    public async Task<bool> Exists(CancellationToken cancel)
    {
        try
        {
            await aws.AskRepeatedly($"look for bucket '{bucket}'", () => aws.S3.HeadBucketAsync(new HeadBucketRequest { BucketName = bucket, ExpectedBucketOwner = aws.Account }, cancel), cancel).ConfigureAwait(false);
            return true;
        }
        catch (AwsRefusedException e) when (IsAbsent(e))
        {
            return false;
        }
    }

    /// <summary>Reads a document; <c>null</c>: there is none, nor perhaps a bucket.</summary>
    /// <exception cref="PipelineException">the document is not a <typeparamref name="T"/> (exit code 6)</exception>
    public async Task<StoredObject<T>?> Get<T>(string key, CancellationToken cancel)
    {
        try
        {
            return await aws.AskRepeatedly($"read '{key}' of bucket '{bucket}'", async () =>
            {
                using var answer = await aws.S3.GetObjectAsync(new GetObjectRequest { BucketName = bucket, Key = key }, cancel).ConfigureAwait(false);
                var value = await JsonSerializer.DeserializeAsync<T>(answer.ResponseStream, Json, cancel).ConfigureAwait(false);
                return new StoredObject<T>(value ?? throw new JsonException("it holds null"), answer.ETag);
            }, cancel).ConfigureAwait(false);
        }
        catch (JsonException e)
        {
            throw new PipelineException(ExitCode.Unknown, $"'{key}' of bucket '{bucket}' is damaged: {e.Message}", new Detail("next", "restore its previous version, or move it away"));
        }
        catch (AwsRefusedException e) when (IsAbsent(e))
        {
            return null;
        }
    }

    /// <summary>Writes a document that must not exist yet.</summary>
    /// <returns>its version; <c>null</c>: there is one already</returns>
    public Task<string?> PutIfAbsent<T>(string key, T value, CancellationToken cancel) => Write(key, value, r => r.IfNoneMatch = "*", cancel);

    /// <summary>Replaces a document that must still have a version.</summary>
    /// <returns>its new version; <c>null</c>: it was changed or deleted meanwhile</returns>
    public Task<string?> PutIfMatch<T>(string key, T value, string etag, CancellationToken cancel) => Write(key, value, r => r.IfMatch = etag, cancel);

    /// <summary>Writes a document, whatever is there.</summary>
    /// <returns>its version</returns>
    public async Task<string> Put<T>(string key, T value, CancellationToken cancel) => (await Write(key, value, _ => { }, cancel).ConfigureAwait(false))!;

    /// <summary>Writes a text, whatever is there.</summary>
    public async Task PutText(string key, string text, CancellationToken cancel)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(text);
        await aws.AskRepeatedly($"write '{key}' of bucket '{bucket}'", async () =>
        {
            using var body = new MemoryStream(bytes);
            return await aws.S3.PutObjectAsync(new PutObjectRequest { BucketName = bucket, Key = key, InputStream = body, ContentType = "text/plain; charset=utf-8", UseChunkEncoding = false }, cancel).ConfigureAwait(false);
        }, cancel).ConfigureAwait(false);
    }

    /// <summary>Where other services of the same cloud find an object.</summary>
    public Uri Address(string key)
    {
        if (aws.Endpoint is { } cloud)
        {
            return new Uri(cloud, $"{bucket}/{key}");
        }

        var suffix = aws.Region.StartsWith("cn-", StringComparison.Ordinal) ? "amazonaws.com.cn" : "amazonaws.com";
        // A certificate for *.s3.… does not cover a name with further dots.
        return new Uri(bucket.Contains('.', StringComparison.Ordinal) ? $"https://s3.{aws.Region}.{suffix}/{bucket}/{key}" : $"https://{bucket}.s3.{aws.Region}.{suffix}/{key}");
    }

    /// <summary>Deletes a document that must still have a version.</summary>
    /// <returns>false: it was changed meanwhile and is still there; a missing one counts as deleted</returns>
    public async Task<bool> Delete(string key, string etag, CancellationToken cancel)
    {
        try
        {
            await aws.Ask($"delete '{key}' of bucket '{bucket}'", () => aws.S3.DeleteObjectAsync(new DeleteObjectRequest { BucketName = bucket, Key = key, IfMatch = etag }, cancel), cancel).ConfigureAwait(false);
            return true;
        }
        catch (AwsRefusedException e) when (IsAbsent(e))
        {
            return true;
        }
        catch (AwsRefusedException e) when (IsConflict(e))
        {
            return false;
        }
    }

    /// <summary>What the bucket holds below a prefix, in the keys' order.</summary>
    public async IAsyncEnumerable<ObjectEntry> List(string prefix, [EnumeratorCancellation] CancellationToken cancel)
    {
        var request = new ListObjectsV2Request { BucketName = bucket, Prefix = prefix };
        do
        {
            var page = await aws.AskRepeatedly($"list '{prefix}' of bucket '{bucket}'", () => aws.S3.ListObjectsV2Async(request, cancel), cancel).ConfigureAwait(false);
            foreach (var entry in page.S3Objects ?? [])
            {
                yield return new ObjectEntry(entry.Key, entry.ETag, entry.Size ?? 0, AwsTime.Required(entry.LastModified));
            }

            request.ContinuationToken = page.NextContinuationToken;
        }
        while (request.ContinuationToken is not null);
    }

    private async Task<string?> Write<T>(string key, T value, Action<PutObjectRequest> condition, CancellationToken cancel)
    {
        using var body = new MemoryStream(JsonSerializer.SerializeToUtf8Bytes(value, Json));
        var request = new PutObjectRequest { BucketName = bucket, Key = key, InputStream = body, ContentType = "application/json", UseChunkEncoding = false };
        condition(request);
        try
        {
            var answer = await aws.Ask($"write '{key}' of bucket '{bucket}'", () => aws.S3.PutObjectAsync(request, cancel), cancel).ConfigureAwait(false);
            return answer.ETag;
        }
        catch (AwsRefusedException e) when (IsConflict(e) || (request.IfMatch is not null && e.Code == "NoSuchKey"))
        {
            return null;
        }
    }

    private static bool IsConflict(AwsRefusedException e) => e.Code is "PreconditionFailed" or "ConditionalRequestConflict" or "OperationAborted";

    private static bool IsAbsent(AwsRefusedException e) => e.Code is "NoSuchKey" or "NoSuchBucket" or "NotFound";
}
