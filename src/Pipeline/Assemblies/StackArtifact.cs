namespace Pipeline.Assemblies;

/// <summary>One stack of a cloud assembly.</summary>
/// <param name="Id">its artifact id, the key under <c>stacks</c></param>
/// <param name="StackName">as CloudFormation is to know it</param>
/// <param name="Template">path relative to the repository's root</param>
public sealed record StackArtifact(string Id, string StackName, string Template)
{
    /// <summary>Ids of stacks of the assembly that come before it.</summary>
    public IReadOnlyList<string> DependsOn { get; init; } = [];

    /// <summary>Given to the stack; <c>pipeline.yml</c> wins over them.</summary>
    public IReadOnlyDictionary<string, string> Parameters { get; init; } = new Dictionary<string, string>();

    /// <summary>Put on the stack beside the pipeline's own.</summary>
    public IReadOnlyDictionary<string, string> Tags { get; init; } = new Dictionary<string, string>();

    /// <summary>Twelve digits; <c>null</c>: any.</summary>
    public string? Account { get; init; }

    /// <summary>E.g. <c>eu-central-1</c>; <c>null</c>: any.</summary>
    public string? Region { get; init; }

    /// <summary>The app asks that AWS refuse to delete it.</summary>
    public bool TerminationProtection { get; init; }

    /// <summary>What it needs beside its template, one sentence's beginning each: <c>docker image '…'</c>, <c>file '…'</c>.</summary>
    public IReadOnlyList<Asset> Assets { get; init; } = [];
}

/// <summary>Something that a stack needs published somewhere before it can be deployed.</summary>
/// <param name="IsImage">a container image, else a file</param>
/// <param name="Name">as the app knows it</param>
public sealed record Asset(bool IsImage, string Name);
