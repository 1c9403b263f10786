using Cake.Core;

namespace Cake.Frosting;

/// <summary>A unit of work.</summary>
public interface IFrostingTask
{
    /// <summary>Does the work.</summary>
    Task RunAsync(ICakeContext context);

    /// <summary>Says whether there is work to do; <c>false</c> skips this task, not the ones that depend on it.</summary>
    bool ShouldRun(ICakeContext context);

    /// <summary>Why it was skipped.</summary>
    string SkippedMessage => string.Empty;

    /// <summary>Handles a failure of the work; the failure counts as handled unless this throws.</summary>
    void OnError(Exception exception, ICakeContext context);

    /// <summary>Runs after the work, failed or not.</summary>
    void Finally(ICakeContext context);
}
