using System.Security.Cryptography;
using System.Text;

namespace Pipeline.Changes;

/// <summary>Contents of files of a tree: from the work tree where its bytes are provably the tree's, else from git.</summary>
internal sealed class SourceFiles(string root, GitTree tree, BlobReader blobs)
{
    /// <summary>The file's content, or <c>null</c> when the tree has no such file.</summary>
    public byte[]? Read(string path)
    {
        if (tree.Find(path) is not { } index)
        {
            return null;
        }

        var id = tree.ObjectId(index);
        return FromWorkTree(path, index) is { } content && HashOf(content, id.Length) == id ? content : blobs.Read(id);
    }

    private byte[]? FromWorkTree(string path, int index)
    {
        try
        {
            var full = Path.Combine(root, path);
            return tree.IsSymbolicLink(index) ? Encoding.UTF8.GetBytes(new FileInfo(full).LinkTarget ?? "") : File.ReadAllBytes(full);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Sparse checkouts and the like: git still has it.
            return null;
        }
    }

    /// <summary>As git names a blob; 40 digits are SHA-1, 64 SHA-256.</summary>
    private static string HashOf(byte[] content, int digits)
    {
#pragma warning disable CA5350 // git's name of an object, not our security
        using var hash = IncrementalHash.CreateHash(digits == 40 ? HashAlgorithmName.SHA1 : HashAlgorithmName.SHA256);
#pragma warning restore CA5350
        hash.AppendData(Encoding.ASCII.GetBytes($"blob {content.Length}\0"));
        hash.AppendData(content);
        return Convert.ToHexStringLower(hash.GetHashAndReset());
    }
}
