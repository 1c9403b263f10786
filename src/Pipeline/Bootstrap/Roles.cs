namespace Pipeline.Bootstrap;

/// <summary>The pipeline's roles on AWS, one set for each environment.</summary>
[Flags]
public enum Roles
{
    /// <summary>Nobody: what only the embedded cloud is asked for.</summary>
    None = 0,

    /// <summary>Looks: <c>Status</c>, <c>History</c>, <c>Diagnose</c>, <c>Doctor</c>.</summary>
    Read = 1,

    /// <summary>Looks, and prepares change sets that nobody has executed.</summary>
    Plan = 2,

    /// <summary>Pushes images and changes the environment.</summary>
    Deploy = 4,

    /// <summary>Brings back what ran before: as <see cref="Deploy"/>, but without networks and databases.</summary>
    Rollback = 8,

    /// <summary>Those that change the environment.</summary>
    Writers = Deploy | Rollback,

    /// <summary>All of them.</summary>
    Everybody = Read | Plan | Writers,
}
