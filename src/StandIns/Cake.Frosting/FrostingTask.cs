using Cake.Core;

namespace Cake.Frosting;

/// <summary>A task with Cake's context.</summary>
public abstract class FrostingTask : FrostingTask<ICakeContext>;

/// <summary>A task with a context of one's own.</summary>
/// <typeparam name="T">the context</typeparam>
public abstract class FrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    /// <summary>Does the work.</summary>
    public virtual void Run(T context)
    {
    }

    /// <summary>Says whether there is work to do; <c>false</c> skips this task, not the ones that depend on it.</summary>
    public virtual bool ShouldRun(T context) => true;

    /// <summary>Handles a failure of the work; the failure counts as handled unless this throws.</summary>
    public virtual void OnError(Exception exception, T context)
    {
    }

    /// <summary>Runs after the work, failed or not.</summary>
    public virtual void Finally(T context)
    {
    }

    Task IFrostingTask.RunAsync(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Run((T)context);
        return Task.CompletedTask;
    }

    bool IFrostingTask.ShouldRun(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        return ShouldRun((T)context);
    }

    void IFrostingTask.OnError(Exception exception, ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(exception);
        ArgumentNullException.ThrowIfNull(context);
        OnError(exception, (T)context);
    }

    void IFrostingTask.Finally(ICakeContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        Finally((T)context);
    }
}
