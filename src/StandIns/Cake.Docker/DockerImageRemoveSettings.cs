namespace Cake.Docker;

/// <summary>Options of <c>docker rmi</c>.</summary>
public sealed class DockerImageRemoveSettings : AutoToolSettings
{
    /// <summary>Also where containers use it.</summary>
    public bool? Force { get; set; }
}
