using System.Text;

namespace Pipeline.Changes;

/// <summary>
/// All files of a tree, as <c>ls-files -s -z</c> lists an index that is equal to it (several times faster than reading all tree objects): sorted by the
/// bytes of their paths, which a folder's files are a range of.
/// The rows stay bytes: 50,000 texts would cost more than everything else here.
/// </summary>
internal sealed class GitTree
{
    private readonly byte[] rows;
    private readonly List<int> starts = [];

    public GitTree(byte[] listing)
    {
        rows = listing;
        for (var at = 0; at < listing.Length; at += Array.IndexOf(listing, (byte)0, at) - at + 1)
        {
            starts.Add(at);
        }
    }

    public int Count => starts.Count;

    /// <summary>Mode, hash and path: everything that can change about a file.</summary>
    public ReadOnlySpan<byte> Row(int index) => rows.AsSpan(starts[index], End(index) - starts[index]);

    /// <summary>Neighbouring rows, each ended by NUL.</summary>
    public ReadOnlySpan<byte> Rows(Range range) => range.Start.Equals(range.End) ? [] : rows.AsSpan(starts[range.Start.Value]..(End(range.End.Value - 1) + 1));

    public ReadOnlySpan<byte> Path(int index)
    {
        var row = Row(index);
        return row[(row.IndexOf((byte)'\t') + 1)..];
    }

    public string PathText(int index) => Encoding.UTF8.GetString(Path(index));

    /// <summary>The hash of its content, in hexadecimal.</summary>
    public string ObjectId(int index)
    {
        var afterMode = Row(index)[7..];
        return Encoding.ASCII.GetString(afterMode[..afterMode.IndexOf((byte)' ')]);
    }

    public bool IsSymbolicLink(int index) => Row(index).StartsWith("120000"u8);

    public bool IsRunnable(int index) => Row(index).StartsWith("100755"u8);

    public bool IsSubmodule(int index) => Row(index).StartsWith("160000"u8);

    /// <summary>The file's index, or <c>null</c>.</summary>
    public int? Find(string path)
    {
        var wanted = Encoding.UTF8.GetBytes(path);
        var at = LowerBound(wanted);
        return at < Count && Path(at).SequenceEqual(wanted) ? at : null;
    }

    /// <summary>The files below a folder; the root is the empty text.</summary>
    public Range Below(string folder)
    {
        if (folder.Length == 0)
        {
            return 0..Count;
        }

        var from = Encoding.UTF8.GetBytes(folder + '/');
        var to = from.ToArray();
        to[^1]++;
        return LowerBound(from)..LowerBound(to);
    }

    private int LowerBound(ReadOnlySpan<byte> path)
    {
        var (low, high) = (0, Count);
        while (low < high)
        {
            var middle = (low + high) / 2;
            (low, high) = Path(middle).SequenceCompareTo(path) < 0 ? (middle + 1, high) : (low, middle);
        }

        return low;
    }

    private int End(int index) => (index + 1 < starts.Count ? starts[index + 1] : rows.Length) - 1;
}
