namespace Pipeline.Ci;

/// <summary>Where an event leads.</summary>
/// <param name="Target">the target that runs in place of <c>CI</c>; <c>null</c>: nothing is to do</param>
/// <param name="Reason">why, half a sentence</param>
/// <param name="Environment">what it is about; <c>null</c> with no target</param>
public sealed record CiRoute(string? Target, string Reason, string? Environment = null)
{
    /// <summary>Further words of the command line, each one word, whatever it holds.</summary>
    public IReadOnlyList<string> Options { get; init; } = [];

    /// <summary>Whoever types <c>--environment</c> may mean another one: nothing is deployed.</summary>
    public bool AnyEnvironment { get; init; }

    /// <summary>The commit asks for no tests, and the configuration allows it.</summary>
    public bool SkipsTests { get; init; }
}
