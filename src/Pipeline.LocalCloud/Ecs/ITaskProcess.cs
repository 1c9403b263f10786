namespace Pipeline.LocalCloud.Ecs;

/// <summary>What a container of a task runs as: a process of this machine, or a container of its Docker engine.</summary>
internal interface ITaskProcess
{
    /// <summary>Of the process below which everything else is; <c>null</c>: it can not be seen from here.</summary>
    int? Id { get; }

    /// <summary>What the Docker engine knows it as; <c>null</c>: it is a process.</summary>
    string? RuntimeId { get; }

    /// <summary>The exit code, 128 + n after signal n, once all output is read.</summary>
    Task<int> Exited { get; }

    void Terminate();

    void Kill();

    /// <summary>Runs a command where it runs, with its environment.</summary>
    /// <returns>the exit code</returns>
    /// <exception cref="OperationCanceledException">the token was cancelled; the command is given up</exception>
    Task<int> RunBeside(IReadOnlyList<string> words, CancellationToken cancel);
}

/// <summary>How a container is run.</summary>
internal interface IContainerPlan
{
    /// <summary>What people should know of it; <c>null</c>: nothing.</summary>
    string? Remark { get; }

    /// <exception cref="TaskStartFailure">it can not be started</exception>
    Task<ITaskProcess> Start(Action<string> onLine, CancellationToken cancel);
}
