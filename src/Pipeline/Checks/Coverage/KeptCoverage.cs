using System.Text.Json;

namespace Pipeline.Checks.Coverage;

/// <summary>
/// The lines of each service as they were measured last, below <c>.pipeline/coverage</c> and under the hash of what the service is built from:
/// a service that is not tested this time counts with the lines of exactly what it is now.
/// </summary>
internal sealed class KeptCoverage(string root)
{
    private const int KeptOfAService = 20;
    private readonly string _folder = Path.Combine(root, ".pipeline", "coverage");

    /// <returns><c>null</c>: none is kept of exactly these inputs, or none that can be believed</returns>
    public LineCoverage? Find(string service, string inputs)
    {
        try
        {
            var kept = JsonSerializer.Deserialize<Kept>(File.ReadAllText(FileOf(service, inputs)), JsonSerializerOptions.Web);
            if (kept?.Files is null || kept.Service != service || kept.Inputs != inputs || kept.Files.Values.Any(f => f is not { Covered: not null, Missed: not null }))
            {
                return null;
            }

            var lines = new LineCoverage();
            foreach (var (file, of) in kept.Files)
            {
                lines.Add(file, of.Covered.Select(l => KeyValuePair.Create(l, true)).Concat(of.Missed.Select(l => KeyValuePair.Create(l, false))));
            }

            return lines.Files.All(f => Dotnet.Relative(root, Path.GetFullPath(f, root)) == f && CoverageReport.Fits(root, f, lines[f].Keys)) ? lines : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or JsonException or ArgumentException)
        {
            return null;
        }
    }

    public void Keep(string service, string inputs, LineCoverage lines)
    {
        Directory.CreateDirectory(_folder);
        var files = lines.Files.Order(StringComparer.Ordinal).ToDictionary(f => f, f => new KeptLines(Numbers(lines[f], true), Numbers(lines[f], false)));
        var file = FileOf(service, inputs);
        var unfinished = $"{file}.{Guid.NewGuid():N}";
        File.WriteAllText(unfinished, JsonSerializer.Serialize(new Kept(service, inputs, files), JsonSerializerOptions.Web));
        File.Move(unfinished, file, overwrite: true);
        foreach (var old in new DirectoryInfo(_folder).GetFiles($"{service}-*.json").Where(f => f.Name.Length == Path.GetFileName(file).Length).OrderByDescending(f => f.LastWriteTimeUtc).Skip(KeptOfAService))
        {
            old.Delete();
        }
    }

    private static int[] Numbers(IReadOnlyDictionary<int, bool> lines, bool hit) => [.. lines.Where(l => l.Value == hit).Select(l => l.Key).Order()];

    private string FileOf(string service, string inputs) => Path.Combine(_folder, $"{service}-{inputs}.json");

    private sealed record Kept(string Service, string Inputs, Dictionary<string, KeptLines> Files);

    private sealed record KeptLines(int[] Covered, int[] Missed);
}
