namespace Pipeline.Changes;

/// <summary>Which files of a tree belong to whom.</summary>
/// <param name="Owned">by index in the tree: belongs to a service, a stack or the configuration</param>
internal sealed record Ownership(IReadOnlyList<HashedService> Services, IReadOnlyList<Glob> Ignored, GitTree Tree, bool[] Owned)
{
    /// <summary>Whether a changed file belongs to nobody and is not ignored.</summary>
    /// <param name="recorded">names of the parts of what runs: a deleted file belonged to them</param>
    public bool IsUnowned(string path, IEnumerable<PathFilter> recorded)
    {
        var bytes = System.Text.Encoding.UTF8.GetBytes(path);
        if (PathFilter.Any(Ignored, bytes))
        {
            return false;
        }

        return Tree.Find(path) is { } index
            ? !Owned[index]
            : !recorded.Concat(Services.SelectMany(s => s.Parts).Select(p => p.Filter).OfType<PathFilter>()).Any(f => f.Covers(bytes));
    }
}
