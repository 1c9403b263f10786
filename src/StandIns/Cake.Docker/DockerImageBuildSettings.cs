namespace Cake.Docker;

/// <summary>Options of <c>docker image build</c>.</summary>
#pragma warning disable CA1819 // the official members
public sealed class DockerImageBuildSettings : AutoToolSettings
{
    /// <summary>Build arguments, <c>NAME=VALUE</c>.</summary>
    public string[]? BuildArg { get; set; }

    /// <summary>The Dockerfile; <c>null</c>: <c>Dockerfile</c> in the context.</summary>
    public string? File { get; set; }

    /// <summary>Intermediate containers are removed after a failure too.</summary>
    public bool? ForceRm { get; set; }

    /// <summary>Labels, <c>NAME=VALUE</c>.</summary>
    public string[]? Label { get; set; }

    /// <summary>What the image is for, e.g. <c>linux/amd64</c>; <c>null</c>: the engine's own.</summary>
    public string? Platform { get; set; }

    /// <summary>Names of the image, each with a tag.</summary>
    public string[]? Tag { get; set; }

    /// <summary>The stage to build; <c>null</c>: the last.</summary>
    public string? Target { get; set; }
}
