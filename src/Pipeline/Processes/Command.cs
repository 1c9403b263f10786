namespace Pipeline.Processes;

/// <summary>A child process to run.</summary>
/// <param name="File">a program's path, or its name on PATH</param>
/// <param name="Arguments">one item an argument: never joined, never quoted</param>
/// <param name="WorkingDirectory">where it runs</param>
public sealed record Command(string File, IReadOnlyList<string> Arguments, string WorkingDirectory)
{
    /// <summary>Variables added to the child's environment; <c>null</c> removes one.</summary>
    public IReadOnlyDictionary<string, string?> Environment { get; init; } = new Dictionary<string, string?>();

    /// <summary>
    /// Called with each line of output and error output as it comes, one call at a time: secrets masked, colours removed, overlong lines cut,
    /// and nothing left that a CI host would take for a command.
    /// </summary>
    public Action<string>? OnLine { get; init; }

    /// <summary>What the child reads from standard input; <c>null</c>: its end at once.</summary>
    public Secret? Input { get; init; }

    /// <summary>After this long the whole process tree is ended; <c>null</c>: only the token ends it.</summary>
    public TimeSpan? Timeout { get; init; }

    /// <summary>
    /// At the timeout, processes of the tree whose command line holds this text are ended first, and the others have ten seconds to
    /// report what happened (where the system shows command lines: Linux).
    /// </summary>
    public string? EndFirst { get; init; }

    /// <summary>Characters kept of each stream, half from its beginning and half from its end; the rest is read and forgotten.</summary>
    public int KeepCharacters { get; init; } = 32 * 1024 * 1024;

    /// <summary>Remove colours and other terminal sequences from the captured text as well.</summary>
    public bool PlainText { get; init; }

    /// <summary>Values that neither the captured text nor <see cref="OnLine"/> may show.</summary>
    public SecretMask Secrets { get; init; } = SecretMask.None;
}

/// <summary>What a child process did.</summary>
/// <param name="Output">as it was written; where characters were dropped, a line in the middle says how many</param>
/// <param name="Error">the same for error output</param>
/// <param name="TimedOut">it was ended at its <see cref="Command.Timeout"/></param>
public sealed record CommandResult(int ExitCode, string Output, string Error, TimeSpan Duration, bool TimedOut)
{
    /// <summary>Characters missing from <see cref="Output"/> and <see cref="Error"/> together; do not parse an incomplete text.</summary>
    public long Dropped { get; init; }

    /// <summary>The child ended but something that it started still holds its streams; what that writes later is not here.</summary>
    public bool StreamsLeftOpen { get; init; }
}
