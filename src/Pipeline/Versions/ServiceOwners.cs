using System.Text;
using Pipeline.Changes;

namespace Pipeline.Versions;

/// <summary>Which services a changed file belongs to: those that have it in their folder, in a project that they are built from, or among their inputs, as it is now.</summary>
internal sealed class ServiceOwners(Ownership ownership)
{
    private readonly Dictionary<string, IReadOnlyList<int>> _known = new(StringComparer.Ordinal);

    /// <summary>Indexes of the services, in configuration order.</summary>
    public IReadOnlyList<int> Of(string path)
    {
        if (!_known.TryGetValue(path, out var owners))
        {
            var bytes = Encoding.UTF8.GetBytes(path);
            owners = _known[path] = [.. Enumerable.Range(0, ownership.Services.Count).Where(i => Owns(ownership.Services[i], bytes))];
        }

        return owners;
    }

    /// <summary>Of any of these files.</summary>
    public IReadOnlyList<int> Of(IReadOnlyList<string> paths) => paths.Count == 0 ? [] : [.. paths.SelectMany(Of).Distinct()];

    /// <summary>Where only MSBuild could tell what a service is built from, every file that is not ignored counts.</summary>
    private bool Owns(HashedService service, byte[] path) =>
        service.Parts.Any(p => p.Filter?.Covers(path) == true) || (service.Uncertain.Count > 0 && !PathFilter.Any(ownership.Ignored, path));
}
