using System.Collections.Concurrent;
using System.Formats.Tar;
using System.IO.Compression;
using System.Security.Cryptography;
using System.Text;

namespace Pipeline.LocalCloud.Registry;

/// <summary>Makes a folder of an image's layers, once for each set of layers. Nothing a layer says may reach outside of that folder.</summary>
internal sealed class LayerUnpacker(string root)
{
    private readonly string _folder = Directory.CreateDirectory(Path.Combine(root, "unpacked")).FullName;
    private readonly ConcurrentDictionary<string, SemaphoreSlim> _busy = new(StringComparer.Ordinal);

    public async Task<string> Unpack(IReadOnlyList<(Descriptor Layer, string File)> layers, CancellationToken cancel)
    {
        var key = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(string.Join('\n', layers.Select(l => l.Layer.Digest)))));
        var target = Path.Combine(_folder, key);
        var one = _busy.GetOrAdd(key, _ => new SemaphoreSlim(1));
        await one.WaitAsync(cancel);
        try
        {
            if (!Directory.Exists(target))
            {
                var unfinished = Directory.CreateDirectory($"{target}.{Guid.NewGuid():N}").FullName;
                try
                {
                    foreach (var (layer, file) in layers)
                    {
                        await Extract(layer, file, unfinished, cancel);
                    }

                    Directory.Move(unfinished, target);
                }
                catch
                {
                    Directory.Delete(unfinished, recursive: true);
                    throw;
                }
            }

            return target;
        }
        finally
        {
            one.Release();
        }
    }

    private static async Task Extract(Descriptor layer, string file, string root, CancellationToken cancel)
    {
        await using var bytes = File.OpenRead(file);
        if (layer.MediaType.EndsWith("zstd", StringComparison.Ordinal))
        {
            throw new ImageUnavailable($"layer {layer.Digest} is compressed with zstd, which the embedded cloud cannot read; build the image with gzip layers");
        }

        await using Stream content = layer.MediaType.EndsWith("gzip", StringComparison.Ordinal) ? new GZipStream(bytes, CompressionMode.Decompress) : bytes;
        await using var tar = new TarReader(content);
        try
        {
            while (await tar.GetNextEntryAsync(cancellationToken: cancel) is { } entry)
            {
                await Place(entry, root, cancel);
            }
        }
        catch (InvalidDataException e)
        {
            throw new ImageUnavailable($"layer {layer.Digest} is not a readable archive: {e.Message}");
        }
    }

    private static async Task Place(TarEntry entry, string root, CancellationToken cancel)
    {
        var parts = entry.Name.Split('/', StringSplitOptions.RemoveEmptyEntries).Where(p => p != ".").ToArray();
        if (parts.Contains(".."))
        {
            throw new ImageUnavailable($"archive entry '{entry.Name}' leaves the image's folder");
        }

        if (parts.Length == 0)
        {
            return;
        }

        var parent = Inside(root, parts[..^1], entry.Name);
        Directory.CreateDirectory(parent);
        var path = Path.Combine(parent, parts[^1]);
        if (parts[^1] == ".wh..wh..opq")
        {
            foreach (var hidden in Directory.EnumerateFileSystemEntries(parent))
            {
                Remove(hidden);
            }

            return;
        }

        if (parts[^1].StartsWith(".wh.", StringComparison.Ordinal))
        {
            Remove(Path.Combine(parent, parts[^1][4..]));
            return;
        }

        if (entry.EntryType == TarEntryType.Directory)
        {
            if (!Directory.Exists(path))
            {
                Remove(path);
                Directory.CreateDirectory(path);
            }

            return;
        }

        Remove(path);
        switch (entry.EntryType)
        {
            case TarEntryType.RegularFile or TarEntryType.V7RegularFile or TarEntryType.ContiguousFile:
                await using (var file = File.Create(path))
                {
                    if (entry.DataStream is { } data)
                    {
                        await data.CopyToAsync(file, cancel);
                    }
                }

                if (!OperatingSystem.IsWindows())
                {
                    // Tasks share the folder, so nobody may write: not even the owner.
                    File.SetUnixFileMode(path, (entry.Mode | UnixFileMode.UserRead) & ~(UnixFileMode.UserWrite | UnixFileMode.GroupWrite | UnixFileMode.OtherWrite | UnixFileMode.SetUser | UnixFileMode.SetGroup));
                }

                break;
            case TarEntryType.SymbolicLink:
                File.CreateSymbolicLink(path, LinkInside(root, parent, entry.LinkName, entry.Name));
                break;
            case TarEntryType.HardLink:
                File.Copy(Inside(root, entry.LinkName.Split('/', StringSplitOptions.RemoveEmptyEntries), entry.Name), path);
                break;
        }
    }

    /// <summary>The path under the root, following links made by earlier entries, which must stay inside as well.</summary>
    private static string Inside(string root, IEnumerable<string> parts, string entry)
    {
        var path = root;
        foreach (var part in parts)
        {
            path = Path.GetFullPath(Path.Combine(path, part));
            for (var hops = 0; new FileInfo(path).LinkTarget is { } target; hops++)
            {
                path = hops < 16 ? Path.GetFullPath(Path.Combine(Path.GetDirectoryName(path)!, target)) : throw Leaves(entry);
            }

            Check(root, path, entry);
        }

        return path;
    }

    /// <summary>A link's target relative to the link: an absolute one means the image's root.</summary>
    private static string LinkInside(string root, string parent, string target, string entry)
    {
        var path = Path.GetFullPath(target.StartsWith('/') ? Path.Combine(root, target.TrimStart('/')) : Path.Combine(parent, target));
        Check(root, path, entry);
        return Path.GetRelativePath(parent, path);
    }

    private static void Check(string root, string path, string entry)
    {
        if (path != root && !path.StartsWith(root + Path.DirectorySeparatorChar, StringComparison.Ordinal))
        {
            throw Leaves(entry);
        }
    }

    private static ImageUnavailable Leaves(string entry) => new($"archive entry '{entry}' leaves the image's folder");

    private static void Remove(string path)
    {
        if (Directory.Exists(path) && new FileInfo(path).LinkTarget is null)
        {
            Directory.Delete(path, recursive: true);
        }
        else
        {
            File.Delete(path);
        }
    }
}
