namespace Pipeline.Cake;

/// <summary>An option that a command line may have: <c>--name=value</c>, or <c>--name</c> for a flag.</summary>
/// <param name="Name">without the dashes; upper and lower case are the same</param>
/// <param name="Help">one line for <c>--help</c></param>
public sealed record Option(string Name, string Help)
{
    /// <summary>The only values it may have; empty: any text.</summary>
    public IReadOnlyList<string> Values { get; init; } = [];

    /// <summary>What stands for the value in <c>--help</c> when any text will do; <c>null</c>: the option is a flag and has no value.</summary>
    public string? Placeholder { get; init; } = "TEXT";

    /// <summary>The targets that know it; empty: all of them.</summary>
    public IReadOnlyList<string> Targets { get; init; } = [];

    /// <summary>Other spellings, without dashes; a one-letter alias is typed with one dash.</summary>
    public IReadOnlyList<string> Aliases { get; init; } = [];

    /// <summary>Whether it may be given more than once.</summary>
    public bool Repeatable { get; init; }

    /// <summary>An option without a value.</summary>
    public static Option Flag(string name, string help) => new(name, help) { Placeholder = null };

    /// <summary>An option whose value is one of a list.</summary>
    public static Option OneOf(string name, string help, params IReadOnlyList<string> values) => new(name, help) { Values = values };

    /// <summary>An option with any text as its value.</summary>
    /// <param name="placeholder">what stands for the text in <c>--help</c></param>
    public static Option Text(string name, string help, string placeholder = "TEXT") => new(name, help) { Placeholder = placeholder };

    /// <summary>The same option, for these targets only.</summary>
    public Option For(params IReadOnlyList<string> targets) => this with { Targets = targets };

    internal bool IsFlag => Placeholder is null && Values.Count == 0;

    internal string Usage => $"--{Name}" + (IsFlag ? "" : "=" + (Values.Count > 0 ? string.Join('|', Values) : Placeholder));

    internal bool IsCalled(string name) =>
        Name.Equals(name, StringComparison.OrdinalIgnoreCase) || Aliases.Contains(name, StringComparer.OrdinalIgnoreCase);
}
