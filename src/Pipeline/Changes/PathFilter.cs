using System.Text;

namespace Pipeline.Changes;

/// <summary>Which files of a tree belong to something: a folder without what is ignored in it, one file, or a glob's matches.</summary>
internal sealed class PathFilter
{
    private readonly string folder;
    private readonly byte[] prefix;
    private readonly byte[]? file;
    private readonly Glob? glob;

    private PathFilter(string folder, byte[]? file = null, Glob? glob = null)
    {
        this.folder = folder;
        this.file = file;
        this.glob = glob;
        prefix = folder.Length == 0 ? [] : Encoding.UTF8.GetBytes(folder + '/');
    }

    /// <summary>Not its own, though below its folder.</summary>
    private IReadOnlyList<Glob> Ignored { get; init; } = [];

    /// <summary>Its own, though ignored.</summary>
    private IReadOnlyList<Glob> Kept { get; init; } = [];

    public static PathFilter Of(string file) => new(MSBuildPath.FolderOf(file), file: Encoding.UTF8.GetBytes(file));

    public static PathFilter Of(Glob glob) => new(MSBuildPath.FolderOf(glob.LiteralPrefix), glob: glob);

    /// <summary>A folder that something is built from: only globs for any folder, and those that point into it, ignore something there.</summary>
    /// <param name="project">a glob that takes this away would take the whole folder away</param>
    public static PathFilter Of(string folder, string project, IReadOnlyList<Glob> ignored, IEnumerable<string> kept) => new(folder)
    {
        Ignored = [.. ignored.Where(g => !g.Matches(project) && (g.HoldsAnywhere || g.LiteralPrefix.StartsWith(folder + '/', StringComparison.Ordinal)))],
        Kept = [.. kept.Select(k => new Glob(k))],
    };

    public bool Covers(ReadOnlySpan<byte> path)
    {
        if (file is not null)
        {
            return path.SequenceEqual(file);
        }

        if (glob is not null)
        {
            return glob.Matches(path);
        }

        return path.StartsWith(prefix) && (!Any(Ignored, path) || Any(Kept, path));
    }

    public bool Covers(string path) => Covers(Encoding.UTF8.GetBytes(path));

    /// <summary>Indexes of the tree's files that it covers.</summary>
    public IEnumerable<int> In(GitTree tree)
    {
        if (file is not null)
        {
            return tree.Find(Encoding.UTF8.GetString(file)) is { } index ? [index] : [];
        }

        var (from, to) = (tree.Below(folder).Start.Value, tree.Below(folder).End.Value);
        return Enumerable.Range(from, to - from).Where(i => Covers(tree.Path(i)));
    }

    public static bool Any(IReadOnlyList<Glob> globs, ReadOnlySpan<byte> path)
    {
        foreach (var one in globs)
        {
            if (one.Matches(path))
            {
                return true;
            }
        }

        return false;
    }
}
