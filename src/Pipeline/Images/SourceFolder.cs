using System.Text;
using Pipeline.Changes;
using Pipeline.Configuration;

namespace Pipeline.Images;

/// <summary>
/// Writes out a folder as git sees it, so that an image holds exactly what its tag was made from: tracked and new files with their modes and links, but
/// nothing that git ignores and nothing that <c>ignore</c> leaves out, unless the service's <c>inputs</c> name it.
/// </summary>
internal static class SourceFolder
{
    private const UnixFileMode Plain = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherRead;
    private const UnixFileMode Runnable = Plain | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute;

    /// <param name="folder">relative to the root</param>
    /// <param name="target">is made</param>
    /// <param name="without">from the text of the folder's <c>.dockerignore</c>, if it has one: which paths, relative to the folder, stay behind</param>
    /// <returns>how many files</returns>
    public static async Task<int> Export(PipelineConfiguration configuration, ServiceSettings service, string folder, string target, Func<string, Func<string, bool>> without, CancellationToken cancel)
    {
        using var work = await WorkTree.Current(configuration.Root, cancel).ConfigureAwait(false);
        using var blobs = new BlobReader(work.Git);
        var files = new SourceFiles(configuration.Root, work.Listing, blobs);
        var named = service.Inputs.Select(i => PathFilter.Of(new Glob(i))).ToList();
        var own = PathFilter.Of(folder, "", [.. configuration.IgnoredInputs.Select(g => new Glob(g))], []);
        var prefix = folder.Length == 0 ? "" : folder + "/";
        var stays = without(files.Read(prefix + ".dockerignore") is { } text ? Encoding.UTF8.GetString(text) : "");
        var count = 0;
        Directory.CreateDirectory(target);
        foreach (var index in Indexes(work.Listing.Below(folder)).Where(i => own.Covers(work.Listing.Path(i)) || named.Exists(n => n.Covers(work.Listing.Path(i)))))
        {
            cancel.ThrowIfCancellationRequested();
            var path = work.Listing.PathText(index)[prefix.Length..];
            if (!work.Listing.IsSubmodule(index) && !stays(path))
            {
                Write(Path.Combine(target, path), files.Read(prefix + path)!, work.Listing, index);
                count++;
            }
        }

        return count;
    }

    private static IEnumerable<int> Indexes(Range range) => Enumerable.Range(range.Start.Value, range.End.Value - range.Start.Value);

    private static void Write(string path, byte[] content, GitTree tree, int index)
    {
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        if (tree.IsSymbolicLink(index))
        {
            File.CreateSymbolicLink(path, Encoding.UTF8.GetString(content));
            return;
        }

        File.WriteAllBytes(path, content);
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(path, tree.IsRunnable(index) ? Runnable : Plain);
        }
    }
}
