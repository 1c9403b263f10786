namespace Cake.Docker;

/// <summary>Options of <c>docker push</c>.</summary>
public sealed class DockerImagePushSettings : AutoToolSettings
{
}
