using System.IO.Compression;
using System.Text.Json;

namespace Pipeline.Checks.Advisories;

/// <summary>What a folder of advisories holds.</summary>
/// <param name="Relevant">the advisories that name one of the packages asked for, taken back ones left out</param>
/// <param name="Ecosystems">those of which it holds any advisory</param>
/// <param name="Count">of all its advisories</param>
/// <param name="Newest">when the youngest was changed</param>
/// <param name="Broken">files that are no advisories, each with the reason</param>
internal sealed record OsvContent(
    IReadOnlyList<OsvAdvisory> Relevant, IReadOnlySet<Ecosystem> Ecosystems, int Count, DateTimeOffset? Newest, IReadOnlyList<string> Broken);

/// <summary>
/// Reads a folder of advisories in OSV's format: one JSON file an advisory anywhere below it, or in a <c>.zip</c> there, as osv.dev exports them.
/// Every file is parsed: a broken one could be the one that matters.
/// </summary>
internal sealed class OsvFolder
{
    private const int LargestAdvisory = 32 * 1024 * 1024;
    private static readonly EnumerationOptions Everything = new() { RecurseSubdirectories = true, AttributesToSkip = FileAttributes.None, IgnoreInaccessible = false, MaxRecursionDepth = 32 };
    private readonly Lock _lock = new();
    private readonly HashSet<(Ecosystem, string)> _wanted;
    private readonly HashSet<Ecosystem> _ecosystems = [];
    private readonly List<OsvAdvisory> _relevant = [];
    private readonly List<string> _broken = [];
    private DateTimeOffset? _newest;
    private int _count;

    private OsvFolder(IEnumerable<InstalledPackage> packages) => _wanted = [.. packages.Select(p => (p.Ecosystem, p.Ecosystem.Normal(p.Name)))];

    /// <param name="path">a folder, or one <c>.zip</c></param>
    /// <exception cref="IOException">it cannot be read at all</exception>
    public static OsvContent Read(string path, IEnumerable<InstalledPackage> packages, CancellationToken cancel)
    {
        var folder = new OsvFolder(packages);
        var files = (File.Exists(path) ? [path] : Directory.EnumerateFiles(path, "*", Everything)).Where(f => Has(f, ".json") || Has(f, ".zip")).ToList();
        var top = File.Exists(path) ? Path.GetDirectoryName(path)! : path;
        Parallel.ForEach(files, new ParallelOptions { CancellationToken = cancel, MaxDegreeOfParallelism = Environment.ProcessorCount }, file =>
        {
            var name = Path.GetRelativePath(top, file).Replace('\\', '/');
            folder.Try(name, () =>
            {
                if (Has(file, ".zip"))
                {
                    folder.ReadArchive(file, name, cancel);
                }
                else
                {
                    folder.Add(Limited(new FileInfo(file).Length, () => File.ReadAllBytes(file)));
                }
            });
        });
        return new OsvContent(
            [.. folder._relevant.OrderBy(a => a.Id, StringComparer.Ordinal)], folder._ecosystems, folder._count, folder._newest, [.. folder._broken.Order(StringComparer.Ordinal)]);
    }

    private void ReadArchive(string file, string name, CancellationToken cancel)
    {
        using var archive = ZipFile.OpenRead(file);
        foreach (var entry in archive.Entries.Where(e => Has(e.Name, ".json")))
        {
            cancel.ThrowIfCancellationRequested();
            Try($"{name}: {entry.FullName}", () => Add(Limited(entry.Length, () =>
            {
                using var stream = entry.Open();
                var bytes = new byte[entry.Length];
                stream.ReadExactly(bytes);
                return bytes;
            })));
        }
    }

    private static byte[] Limited(long length, Func<byte[]> read) =>
        length <= LargestAdvisory ? read() : throw new InvalidDataException($"is larger than {LargestAdvisory / 1024 / 1024} MiB");

    private void Add(byte[] json)
    {
        var text = json.AsSpan();
        var advisory = JsonSerializer.Deserialize(text.StartsWith("\uFEFF"u8) ? text[3..] : text, OsvJson.Default.OsvAdvisory) ?? throw new JsonException();
        var packages = (advisory.Affected ?? []).Select(a => (Ecosystem: Ecosystems.Find(a.Package?.Ecosystem), a.Package?.Name)).Where(p => p is { Ecosystem: not null, Name: not null })
            .Select(p => (Ecosystem: p.Ecosystem!.Value, Name: p.Ecosystem.Value.Normal(p.Name!))).ToList();
        lock (_lock)
        {
            _count++;
            _newest = _newest is { } newest && newest > advisory.Modified ? newest : advisory.Modified;
            if (advisory.Withdrawn is not null)
            {
                return;
            }

            _ecosystems.UnionWith(packages.Select(p => p.Ecosystem));
            if (packages.Exists(_wanted.Contains))
            {
                _relevant.Add(advisory);
            }
        }
    }

    private void Try(string name, Action read)
    {
        try
        {
            read();
        }
        catch (Exception e) when (e is JsonException or InvalidDataException or IOException or UnauthorizedAccessException)
        {
            lock (_lock)
            {
                _broken.Add(e is JsonException ? $"{name} is no advisory in OSV's format" : $"{name} cannot be read ({e.Message})");
            }
        }
    }

    private static bool Has(string file, string extension) => file.EndsWith(extension, StringComparison.OrdinalIgnoreCase);
}
