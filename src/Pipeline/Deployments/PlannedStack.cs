using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Ledger;

namespace Pipeline.Deployments;

/// <summary>What one stack is to become.</summary>
/// <param name="Settings">its entry in the configuration</param>
/// <param name="StackName">as CloudFormation knows it</param>
/// <param name="Snapshot">what it is to be given</param>
/// <param name="Hash">of the snapshot</param>
/// <param name="Applied">hash of what the ledger says is applied; <c>null</c>: nothing</param>
/// <param name="DependsOn">keys of the stacks before it</param>
public sealed record PlannedStack(StackSettings Settings, string StackName, StackSnapshot Snapshot, string Hash, string? Applied, IReadOnlyList<string> DependsOn)
{
    private const int LongestNameInToken = 48;

    /// <summary>Its key in the configuration.</summary>
    public string Name => Settings.Name;

    /// <summary>The service that it runs, if it runs one.</summary>
    public ServiceTarget? Service { get; init; }

    /// <summary>The service whose migration its task definition is, if it is one's.</summary>
    public ServiceTarget? Migrates { get; init; }

    /// <summary>CloudFormation has it, in a state that can be built on.</summary>
    public bool Present { get; init; } = true;

    /// <summary>Hash of what it was given when the environment was last proven healthy; <c>null</c>: never.</summary>
    public string? Proven { get; init; }

    /// <summary>What executing it would do, looked at and found harmless; <c>null</c>: it is worked out when it is time.</summary>
    public ChangeSet? Prepared { get; init; }

    /// <summary>What its change set would do, where one was looked at.</summary>
    public IReadOnlyList<ResourceChange> Changes { get; init; } = [];

    /// <summary>What it is to be given differs from what is applied.</summary>
    public bool Due => !Present || Hash != Applied;

    /// <summary>The client token of its operation in a release: letters, digits and hyphens, short enough for AWS.</summary>
    public string TokenIn(string release)
    {
        var name = string.Concat(Name.Select(c => char.IsAsciiLetterOrDigit(c) ? c : '-'));
        return $"{release}-{(name.Length <= LongestNameInToken ? name : $"{name[..(LongestNameInToken - 8)]}-{Hashing.Of(name)[..7]}")}";
    }
}

/// <summary>What is to run of a service.</summary>
/// <param name="Settings">its entry in the configuration</param>
/// <param name="Image">repository with digest, as a task definition refers to it</param>
/// <param name="Digest"><c>sha256:…</c></param>
/// <param name="Version">as users see it</param>
public sealed record ServiceTarget(ServiceSettings Settings, string Image, string Digest, string Version)
{
    /// <summary>The same service as another snapshot of its stack has it.</summary>
    public ServiceTarget As(StackSnapshot snapshot)
    {
        var image = snapshot.Parameters.GetValueOrDefault("ImageUri", "");
        return this with { Image = image, Digest = image[(image.IndexOf('@', StringComparison.Ordinal) + 1)..], Version = snapshot.Tags.GetValueOrDefault("version", "") };
    }
}
