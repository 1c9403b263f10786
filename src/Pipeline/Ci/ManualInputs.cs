using System.Text.RegularExpressions;
using Pipeline.Outcomes;
using Pipeline.Processes;

namespace Pipeline.Ci;

/// <summary>What whoever starts a run by hand may fill in. The values end up as single words of a command line, whatever they hold.</summary>
internal sealed partial record ManualInputs
{
    private const int LongestReason = 500;
    private static readonly string[] Names = ["emergency_deploy", "rollback_version", "staging_run_id", "deployment_id", "reason"];

    /// <summary>Gates are left out.</summary>
    public bool Emergency { get; private init; }

    /// <summary>The version to go back to.</summary>
    public string? RollbackVersion { get; private init; }

    /// <summary>Id of a release or a request.</summary>
    public string? Deployment { get; private init; }

    /// <summary>Why, in a person's words, on one line.</summary>
    public string? Reason { get; private init; }

    /// <summary>The inputs of runners that hand them over as variables of that name, in capitals.</summary>
    public static IReadOnlyDictionary<string, string> Variables(Func<string, string?> variable) =>
        Names.Select(name => (name, Value: variable(name.ToUpperInvariant()))).Where(i => i.Value is not null).ToDictionary(i => i.name, i => i.Value!);

    /// <exception cref="UsageException">one of them cannot be understood, or two contradict each other</exception>
    public static ManualInputs Read(CiEvent @event)
    {
        var given = @event.Inputs ?? throw new UsageException("The inputs of this run can not be read.",
            new Detail("why", "GITHUB_EVENT_PATH names no file with the event; without it nobody knows what was asked for"), new Detail("next", "start the workflow again; where build.sh runs in a container, mount the event's file into it"));
        var inputs = new ManualInputs
        {
            Emergency = Flag("emergency_deploy", Text(given, "emergency_deploy")),
            RollbackVersion = Word("rollback_version", Text(given, "rollback_version"), "v1.75.0"),
            Deployment = Deployed(Text(given, "deployment_id"), Text(given, "staging_run_id")),
            Reason = OneLine(Text(given, "reason")),
        };
        if (inputs is { Emergency: true, RollbackVersion: not null })
        {
            throw new UsageException("emergency_deploy and rollback_version were both given.", new Detail("why", "one goes forwards, the other back"), new Detail("next", "start the run again with one of them"));
        }

        if (inputs is { RollbackVersion: not null, Deployment: not null })
        {
            throw new UsageException("rollback_version and a deployment's id were both given.", new Detail("why", "a rollback finds the release by its version"), new Detail("next", "start the run again with one of them"));
        }

        return inputs is { Emergency: true, Reason: null }
            ? throw new UsageException("emergency_deploy needs a reason: it is kept with the release, and what is left out becomes a debt.", new Detail("next", "start the run again and fill in 'reason'"))
            : inputs;
    }

    private static string? Deployed(string? deployment, string? staging)
    {
        if (deployment is not null && staging is not null && deployment != staging)
        {
            throw new UsageException("deployment_id and staging_run_id name two different deployments.", new Detail("next", "start the run again with one of them"));
        }

        var name = deployment is null ? "staging_run_id" : "deployment_id";
        return (deployment ?? staging) is { } number && number.All(char.IsAsciiDigit)
            ? throw new UsageException($"{name}: '{Shown(number)}' is a number of the runner's, not the id of a deployment.",
                new Detail("why", "a run may be started again and deploy something else; a deployment's id says what was proven"), new Detail("next", "take the release's id from that run's summary or its output 'deployment', e.g. staging-20261123-094100-3f2c1ab"))
            : Word(name, deployment ?? staging, "staging-20261123-094100-3f2c1ab");
    }

    private static string? Text(IReadOnlyDictionary<string, string> given, string name) => given.GetValueOrDefault(name)?.Trim() is { Length: > 0 } text ? text : null;

    private static bool Flag(string name, string? text) => text?.ToLowerInvariant() switch
    {
        null or "false" or "0" or "no" => false,
        "true" or "1" or "yes" => true,
        _ => throw new UsageException($"{name}: '{Shown(text)}' is neither true nor false.", new Detail("next", $"start the run again with {name} true or false")),
    };

    private static string? Word(string name, string? text, string example) => text is null || Plain().IsMatch(text)
        ? text
        : throw new UsageException($"{name}: '{Shown(text)}' can not be one: letters, digits and . + _ / - only, beginning with a letter or a digit.", new Detail("next", $"start the run again with a value like {example}"));

    private static string? OneLine(string? text)
    {
        var line = text is null ? "" : TerminalText.Echo(text.ReplaceLineEndings(" ")).Trim();
        return line.Length == 0 ? null : line.Length <= LongestReason ? line : line[..LongestReason];
    }

    private static string Shown(string text) => TerminalText.Echo(text.ReplaceLineEndings(" "));

    [GeneratedRegex(@"\A[0-9A-Za-z][0-9A-Za-z.+_/-]{0,127}\z")]
    private static partial Regex Plain();
}
