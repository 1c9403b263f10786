using Pipeline.Processes;

namespace Pipeline.Images;

/// <summary>A registry that speaks the OCI distribution API.</summary>
/// <param name="Address">scheme, host and port: <c>http://127.0.0.1:4510</c></param>
/// <param name="User"><c>AWS</c> for ECR; <c>null</c>: anonymous</param>
/// <param name="Password">for <paramref name="User"/></param>
public sealed record RegistryEndpoint(Uri Address, string? User, Secret? Password)
{
    /// <summary>Host and port, as image references begin.</summary>
    public string Host => Address.Authority;
}
