namespace Pipeline.Images.Docker;

/// <summary>What Docker's client is asked to do.</summary>
public abstract record DockerCall
{
    private DockerCall()
    {
    }

    /// <summary>Build an image.</summary>
    /// <param name="Context">folder, absolute</param>
    /// <param name="File">the Dockerfile, absolute</param>
    /// <param name="Tag">the image's name, with registry and tag</param>
    public sealed record Build(string Context, string File, string Tag) : DockerCall
    {
        /// <summary>Stage to build; <c>null</c>: the last.</summary>
        public string? Target { get; init; }

        /// <summary>e.g. <c>linux/amd64</c>; <c>null</c>: the engine's own.</summary>
        public string? Platform { get; init; }

        /// <summary>Build arguments.</summary>
        public IReadOnlyDictionary<string, string> Arguments { get; init; } = new Dictionary<string, string>();

        /// <summary>Labels of the image.</summary>
        public IReadOnlyDictionary<string, string> Labels { get; init; } = new Dictionary<string, string>();

        /// <summary>Remove what a failed build leaves; BuildKit leaves nothing.</summary>
        public bool CleanUp { get; init; }

        /// <summary>Id of a build secret → the environment variable that holds it.</summary>
        public IReadOnlyDictionary<string, string> Secrets { get; init; } = new Dictionary<string, string>();
    }

    /// <summary>Log in to a registry, with the password from standard input.</summary>
    public sealed record Login(string Server, string User) : DockerCall;

    /// <summary>Push an image.</summary>
    /// <param name="Reference">with registry and tag</param>
    public sealed record Push(string Reference) : DockerCall;
}

/// <summary>Writes a call as words of a command line, without the program.</summary>
public delegate IReadOnlyList<string> DockerWords(DockerCall call);
