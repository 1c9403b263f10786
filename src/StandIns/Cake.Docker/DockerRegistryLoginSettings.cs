namespace Cake.Docker;

/// <summary>Options of <c>docker login</c>.</summary>
public sealed class DockerRegistryLoginSettings : AutoToolSettings
{
    /// <summary>On the command line, where every user of the machine can read it; better <see cref="PasswordStdin"/>.</summary>
    public string? Password { get; set; }

    /// <summary>The password comes through standard input.</summary>
    public bool? PasswordStdin { get; set; }

    /// <summary>The user.</summary>
    public string? Username { get; set; }

    /// <inheritdoc/>
    protected override string[]? CollectSecretProperties() => [nameof(Password)];
}
