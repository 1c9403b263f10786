using Cake.Core;
using Cake.Core.Annotations;
using Cake.Docker.Internal;

namespace Cake.Docker;

/// <summary>Docker's client as aliases.</summary>
[CakeAliasCategory("Docker")]
public static class DockerAliases
{
    /// <summary>Builds an image.</summary>
    [CakeMethodAlias]
    public static void DockerBuild(this ICakeContext context, string path) => context.DockerBuild(new DockerImageBuildSettings(), path);

    /// <summary>Builds an image.</summary>
    /// <param name="path">the context</param>
    [CakeMethodAlias]
    public static void DockerBuild(this ICakeContext context, DockerImageBuildSettings? settings, string path)
    {
        ArgumentException.ThrowIfNullOrEmpty(path);
        var isQuoted = path.Trim() is ['"', .., '"'];
        Run(context, "image build", settings, isQuoted ? path : $"\"{path}\"");
    }

    /// <summary>Pushes an image.</summary>
    [CakeMethodAlias]
    public static void DockerPush(this ICakeContext context, string imageReference) => context.DockerPush(new DockerImagePushSettings(), imageReference);

    /// <summary>Pushes an image.</summary>
    [CakeMethodAlias]
    public static void DockerPush(this ICakeContext context, DockerImagePushSettings? settings, string imageReference)
    {
        ArgumentException.ThrowIfNullOrEmpty(imageReference);
        Run(context, "push", settings, imageReference);
    }

    /// <summary>Logs in to a registry.</summary>
    /// <param name="server">its host; <c>null</c>: the engine's default</param>
    [CakeMethodAlias]
    public static void DockerLogin(this ICakeContext context, DockerRegistryLoginSettings settings, string? server = null)
    {
        ArgumentNullException.ThrowIfNull(settings);
        Run(context, "login", settings, server is null ? [] : [server]);
    }

    /// <summary>Removes images.</summary>
    [CakeMethodAlias]
    public static void DockerRemove(this ICakeContext context, DockerImageRemoveSettings? settings, params string[] images)
    {
        ArgumentNullException.ThrowIfNull(images);
        if (images.Length == 0)
        {
            throw new ArgumentNullException(nameof(images));
        }

        Run(context, "rmi", settings, images);
    }

    private static void Run<TSettings>(ICakeContext context, string command, TSettings? settings, params string[] words)
        where TSettings : AutoToolSettings, new()
    {
        ArgumentNullException.ThrowIfNull(context);
        new DockerRunner<TSettings>(context).Run(command, settings ?? new TSettings(), words);
    }
}
