using System.Security.Cryptography;
using System.Text.RegularExpressions;

namespace Pipeline.LocalCloud.Registry;

/// <summary>Blobs on disk by digest. A blob appears under its name only when it is complete and its digest is verified.</summary>
internal sealed partial class BlobFolder(string root)
{
    private readonly string _blobs = Directory.CreateDirectory(Path.Combine(root, "sha256")).FullName;
    private readonly string _uploads = Directory.CreateDirectory(Path.Combine(root, "uploads")).FullName;

    public static bool IsDigest(string text) => Digest().IsMatch(text);

    public static string DigestOf(ReadOnlySpan<byte> bytes) => $"sha256:{Convert.ToHexStringLower(SHA256.HashData(bytes))}";

    /// <summary>The blob's file, or <c>null</c> where there is none.</summary>
    public FileInfo? Find(string digest) => IsDigest(digest) && new FileInfo(FileOf(digest)) is { Exists: true } file ? file : null;

    public async Task<string> Put(byte[] bytes, CancellationToken cancel)
    {
        var digest = DigestOf(bytes);
        var upload = StartUpload();
        await File.WriteAllBytesAsync(UploadFile(upload), bytes, cancel);
        await Commit(upload, digest, cancel);
        return digest;
    }

    public string StartUpload()
    {
        var id = Guid.NewGuid().ToString();
        File.Create(UploadFile(id)).Dispose();
        return id;
    }

    /// <summary>Bytes received so far; <c>null</c> for an upload that is not there.</summary>
    public long? Received(string upload) => Guid.TryParse(upload, out _) && new FileInfo(UploadFile(upload)) is { Exists: true } file ? file.Length : null;

    public async Task<long> Append(string upload, Stream content, CancellationToken cancel)
    {
        await using var file = new FileStream(UploadFile(upload), FileMode.Append, FileAccess.Write, FileShare.None);
        await content.CopyToAsync(file, cancel);
        return file.Length;
    }

    public void Cancel(string upload) => File.Delete(UploadFile(upload));

    /// <summary>Makes the upload a blob; <c>false</c>, and the upload is gone, when its content has another digest.</summary>
    public async Task<bool> Commit(string upload, string digest, CancellationToken cancel)
    {
        var file = UploadFile(upload);
        await using (var content = File.OpenRead(file))
        {
            if (digest != $"sha256:{Convert.ToHexStringLower(await SHA256.HashDataAsync(content, cancel))}")
            {
                File.Delete(file);
                return false;
            }
        }

        File.Move(file, FileOf(digest), overwrite: true);
        return true;
    }

    private string FileOf(string digest) => Path.Combine(_blobs, digest["sha256:".Length..]);

    private string UploadFile(string upload) => Path.Combine(_uploads, upload);

    [GeneratedRegex("^sha256:[0-9a-f]{64}$", RegexOptions.CultureInvariant)]
    private static partial Regex Digest();
}
