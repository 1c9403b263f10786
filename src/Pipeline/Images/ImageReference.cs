using System.Text.RegularExpressions;
using Pipeline.Outcomes;

namespace Pipeline.Images;

/// <summary>An image by digest: <c>registry/name@sha256:…</c>.</summary>
internal sealed partial record ImageReference(string Host, string Repository, string Digest)
{
    /// <summary>Plain HTTP only on this machine.</summary>
    public Uri Address => new($"{(Host.Split(':')[0] is "localhost" or "127.0.0.1" ? "http" : "https")}://{(Host == "docker.io" ? "registry-1.docker.io" : Host)}");

    public override string ToString() => $"{Host}/{Repository}@{Digest}";

    /// <exception cref="UsageException">it does not name a registry, a repository and a digest</exception>
    public static ImageReference Parse(string text)
    {
        var match = Form().Match(text);
        return match.Success
            ? new ImageReference(match.Groups["host"].Value, match.Groups["name"].Value, match.Groups["digest"].Value)
            : throw new UsageException($"The base image '{text}' is not of the form registry/name@sha256:…", new Detail("why", "a tag can point to another image tomorrow; a digest cannot"));
    }

    [GeneratedRegex(@"^(?<host>[A-Za-z0-9\-]+(?:\.[A-Za-z0-9\-]+|:\d+)[A-Za-z0-9.\-]*(?::\d+)?|localhost(?::\d+)?)/(?<name>[a-z0-9]+(?:[._/\-]+[a-z0-9]+)*)(?::[\w.\-]+)?@(?<digest>sha256:[0-9a-f]{64})$")]
    private static partial Regex Form();
}
