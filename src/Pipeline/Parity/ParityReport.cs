namespace Pipeline.Parity;

/// <summary>What differs between two environments.</summary>
/// <param name="Left">name of one</param>
/// <param name="Right">name of the other</param>
/// <param name="Differences">all of them, declared or not</param>
/// <param name="NotCompared">environment → why it could not be read; then nothing was compared, and nothing is known to be equal</param>
public sealed record ParityReport(string Left, string Right, IReadOnlyList<ParityDifference> Differences, IReadOnlyDictionary<string, string> NotCompared)
{
    /// <summary>Neither has a stack or a service: they are not equal, there is nothing to compare.</summary>
    public bool IsEmpty { get; init; }

    /// <summary>Those that pipeline.yml does not declare.</summary>
    public IEnumerable<ParityDifference> Undeclared => Differences.Where(d => d.Declared is null);

    /// <summary>What a plan warns of: undeclared, and not what a release is there to change.</summary>
    public IEnumerable<ParityDifference> Warnings => Undeclared.Where(d => d.Kind is not (ParityKind.Version or ParityKind.Digest));
}

/// <summary>One difference.</summary>
/// <param name="Subject">the service or stack</param>
/// <param name="Property">which of its properties</param>
/// <param name="Left">as it is on the left; <c>null</c>: it has none</param>
/// <param name="Right">as it is on the right; <c>null</c>: it has none</param>
/// <param name="Declared">why pipeline.yml wants it so; <c>null</c>: it does not</param>
public sealed record ParityDifference(ParityKind Kind, string Subject, string Property, string? Left, string? Right, string? Declared)
{
    /// <summary>What makes it stranger still, for people; <c>null</c>: nothing.</summary>
    public string? Note { get; init; }
}

/// <summary>What kind of thing differs.</summary>
public enum ParityKind
{
    /// <summary>A service's version.</summary>
    Version,

    /// <summary>A service's image.</summary>
    Digest,

    /// <summary>A stack that only one of them has.</summary>
    Stack,

    /// <summary>A stack's template, by its hash.</summary>
    Template,

    /// <summary>A stack's parameter.</summary>
    Parameter,

    /// <summary>A property of a task definition.</summary>
    TaskDefinition,

    /// <summary>A secret that a container gets, by its name; its value is never read.</summary>
    Secret,

    /// <summary>How a service is deployed.</summary>
    Strategy,

    /// <summary>How many tasks a service is to run.</summary>
    Count,
}
