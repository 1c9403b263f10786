using System.Text;
using Pipeline.Changes;

namespace Pipeline.Images;

/// <summary>Labels that say where an image is from, by the names of the OCI annotations.</summary>
internal static class ImageLabels
{
    private const string Prefix = "org.opencontainers.image.";

    /// <param name="source">the commit; <c>null</c>: not known</param>
    public static async Task<IReadOnlyDictionary<string, string>> Of(ImageOrder order, SourceRevision? source, CancellationToken cancel)
    {
        var labels = new Dictionary<string, string> { [Prefix + "title"] = order.Service.Repository };
        if (source is not null)
        {
            labels[Prefix + "revision"] = source.Commit;
            labels[Prefix + "version"] = source.VersionOf(order.Service.Name);
        }

        var remote = await new Git(order.Configuration.Root).Try(["config", "--get", "remote.origin.url"], [], cancel).ConfigureAwait(false);
        if (remote.ExitCode == 0 && WithoutLogin(Encoding.UTF8.GetString(remote.Output).Trim()) is { Length: > 0 } address)
        {
            labels[Prefix + "source"] = address;
        }

        return labels;
    }

    /// <summary>A remote's address may hold a token; a path of this machine is nobody's business.</summary>
    internal static string? WithoutLogin(string remote)
    {
        if (Uri.TryCreate(remote, UriKind.Absolute, out var address))
        {
            return address.IsFile ? null : new UriBuilder(address) { UserName = "", Password = "" }.Uri.ToString();
        }

        // git@github.com:owner/name.git
        var at = remote.IndexOf('@', StringComparison.Ordinal);
        return remote.IndexOf(':', StringComparison.Ordinal) > at && at > 0 ? $"ssh://{remote[(at + 1)..].Replace(':', '/')}" : null;
    }
}
