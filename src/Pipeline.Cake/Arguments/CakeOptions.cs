namespace Pipeline.Cake;

/// <summary>The options of Cake itself that our command line offers.</summary>
internal static class CakeOptions
{
    public static readonly Option Target = new("target", "what to do") { Placeholder = "NAME", Aliases = ["t"], Repeatable = true };

    public static readonly Option Help = Option.Flag("help", "show this") with { Aliases = ["h", "?"] };

    public static readonly Option Verbosity = Option.OneOf("verbosity", "how much is said; diagnostic adds stack traces", "quiet", "minimal", "normal", "verbose", "diagnostic") with { Aliases = ["v"] };

    public static readonly Option Version = Option.Flag("version", "show Cake's version") with { Aliases = ["ver"] };

    public static readonly Option DryRun = Option.Flag("dryrun", "show what would run, in which order, and run nothing") with { Aliases = ["dry-run", "noop", "whatif"] };

    public static readonly IReadOnlyList<Option> All =
    [
        Target,
        DryRun,
        Option.Flag("exclusive", "run the target without its dependencies") with { Aliases = ["e"] },
        Verbosity,
        Option.Flag("tree", "show which target depends on which") with { Aliases = ["showtree"] },
        Option.Flag("description", "show what each target does") with { Aliases = ["descriptions", "showdescription", "showdescriptions"] },
        Help,
        Version,
        Option.Flag("info", "show more about this Cake"),
    ];
}
