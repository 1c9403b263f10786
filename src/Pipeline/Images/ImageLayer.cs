using System.Buffers.Binary;
using System.Formats.Tar;
using System.Security.Cryptography;

namespace Pipeline.Images;

/// <summary>A layer in a file.</summary>
/// <param name="File">the gzip tar; belongs to whoever made it</param>
/// <param name="Digest">of the file</param>
/// <param name="DiffId">of the tar inside</param>
/// <param name="Size">of the file in bytes</param>
internal sealed record ImageLayer(string File, string Digest, string DiffId, long Size)
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;
    private static readonly DateTimeOffset Earliest = new(2001, 1, 1, 0, 0, 0, TimeSpan.Zero);

    /// <summary>Packs a folder below <c>app/</c>. Equal contents give equal bytes: names sorted, owners, modes and times fixed.</summary>
    public static async Task<ImageLayer> Write(string folder, string file, CancellationToken cancel)
    {
        using (var target = System.IO.File.Create(file))
        {
            using var inner = SHA256.Create();
            string diffId;
            using (var gzip = new StoredGzip(target))
            {
                using (var hashed = new CryptoStream(gzip, inner, CryptoStreamMode.Write, leaveOpen: true))
                using (var tar = new TarWriter(hashed, TarEntryFormat.Gnu, leaveOpen: true))
                {
                    await WriteEntries(tar, folder, cancel).ConfigureAwait(false);
                }

                diffId = ToDigest(inner.Hash!);
            }

            target.Position = 0;
            var digest = ToDigest(await SHA256.HashDataAsync(target, cancel).ConfigureAwait(false));
            return new ImageLayer(file, digest, diffId, target.Length);
        }
    }

    public static string ToDigest(byte[] hash) => $"sha256:{Convert.ToHexStringLower(hash)}";

    private static async Task WriteEntries(TarWriter tar, string folder, CancellationToken cancel)
    {
        await tar.WriteEntryAsync(Entry(TarEntryType.Directory, "app/", Runnable, Earliest), cancel).ConfigureAwait(false);
        var entries = Directory.EnumerateFileSystemEntries(folder, "*", SearchOption.AllDirectories)
            .Select(path => (Path: path, Name: "app/" + Path.GetRelativePath(folder, path).Replace('\\', '/')))
            .OrderBy(e => e.Name, StringComparer.Ordinal);
        foreach (var (path, name) in entries)
        {
            if (new FileInfo(path).LinkTarget is { } link)
            {
                var target = Entry(TarEntryType.SymbolicLink, name, Runnable, Earliest);
                target.LinkName = link;
                await tar.WriteEntryAsync(target, cancel).ConfigureAwait(false);
                continue;
            }

            if (Directory.Exists(path))
            {
                await tar.WriteEntryAsync(Entry(TarEntryType.Directory, name + "/", Runnable, Earliest), cancel).ConfigureAwait(false);
                continue;
            }

            using var content = System.IO.File.OpenRead(path);
            var time = Time(await SHA256.HashDataAsync(content, cancel).ConfigureAwait(false));
            content.Position = 0;
            var runnable = !OperatingSystem.IsWindows() && System.IO.File.GetUnixFileMode(path).HasFlag(UnixFileMode.UserExecute);
            var entry = Entry(TarEntryType.RegularFile, name, runnable ? Runnable : Plain, time);
            entry.DataStream = content;
            await tar.WriteEntryAsync(entry, cancel).ConfigureAwait(false);
        }
    }

    private static GnuTarEntry Entry(TarEntryType type, string name, UnixFileMode mode, DateTimeOffset time) =>
        new(type, name) { Mode = mode, ModificationTime = time, AccessTime = default, ChangeTime = default };

    /// <summary>
    /// A time made from the content. Web servers make a static file's ETag of its time and length: with one time for all, a changed file of the
    /// same length would keep its ETag, and browsers would keep the old one.
    /// </summary>
    private static DateTimeOffset Time(byte[] hash) => Earliest.AddSeconds(BinaryPrimitives.ReadUInt32BigEndian(hash) >> 3);
}
