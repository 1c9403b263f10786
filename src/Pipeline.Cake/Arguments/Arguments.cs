namespace Pipeline.Cake;

/// <summary>A command line that was understood: every option exists, every value is allowed.</summary>
public sealed class Arguments
{
    private readonly IReadOnlyList<(Option Option, string? Value)> _given;
    private readonly IReadOnlyList<Option> _known;

    internal Arguments(IReadOnlyList<(Option Option, string? Value)> given, IReadOnlyList<Option> known)
    {
        _given = given;
        _known = known;
        var targets = Values(CakeOptions.Target);
        Targets = targets.Count == 0 ? [Target.Default] : targets;
    }

    /// <summary>The targets to run, as they are named in code; <c>Default</c> when none was given.</summary>
    public IReadOnlyList<string> Targets { get; }

    /// <summary>The value of one of our options, <c>null</c> when it was not given.</summary>
    /// <param name="name">the option's name, without dashes</param>
    /// <exception cref="ArgumentException">no such option was declared: a mistake in our code</exception>
    public string? this[string name] => Values(Known(name)).LastOrDefault();

    /// <summary>Whether one of our options was given.</summary>
    /// <param name="name">the option's name, without dashes</param>
    /// <exception cref="ArgumentException">no such option was declared: a mistake in our code</exception>
    public bool Has(string name) => Asks(Known(name));

    /// <summary>Nothing is to be run, only named.</summary>
    public bool IsDryRun => Asks(CakeOptions.DryRun);

    internal bool Asks(Option option) => _given.Any(item => item.Option == option);

    /// <summary>The same in the one spelling that Cake's own reader is handed.</summary>
    internal IReadOnlyList<string> ForCake() => _given.Select(item => item.Value is null ? $"--{item.Option.Name}" : $"--{item.Option.Name}={item.Value}").ToList();

    /// <summary>Other words in place of the target and of options that they hold themselves.</summary>
    internal IReadOnlyList<string> With(IReadOnlyList<string> words)
    {
        var replaced = words.Select(Name).Append($"--{CakeOptions.Target.Name}").ToHashSet(StringComparer.OrdinalIgnoreCase);
        return [.. words, .. ForCake().Where(typed => !replaced.Contains(Name(typed)))];

        static string Name(string word) => word.Split('=')[0];
    }

    private List<string> Values(Option option) => _given.Where(item => item.Option == option).Select(item => item.Value).OfType<string>().ToList();

    private Option Known(string name) =>
        _known.FirstOrDefault(option => option.IsCalled(name)) ?? throw new ArgumentException($"The option '{name}' is not declared.", nameof(name));
}
