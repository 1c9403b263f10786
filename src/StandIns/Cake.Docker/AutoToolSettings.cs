using Cake.Core.Tooling;

namespace Cake.Docker;

/// <summary>Settings whose properties become options: <c>BuildArg</c> is <c>--build-arg</c>.</summary>
public abstract class AutoToolSettings : ToolSettings
{
    /// <summary>Names of the properties whose values are never shown.</summary>
#pragma warning disable CA1051 // the official member is a field
    public readonly HashSet<string> SecretProperties;
#pragma warning restore CA1051

    /// <summary>Collects <see cref="SecretProperties"/>.</summary>
#pragma warning disable CA2214 // as in the official package; the override only answers a constant
    protected AutoToolSettings() => SecretProperties = [.. CollectSecretProperties() ?? []];
#pragma warning restore CA2214

    /// <summary>The properties that hold secrets; <c>null</c>: none.</summary>
    protected virtual string[]? CollectSecretProperties() => null;
}
