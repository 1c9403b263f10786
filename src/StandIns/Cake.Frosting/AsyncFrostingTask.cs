using Cake.Core;

namespace Cake.Frosting;

/// <summary>An asynchronous task with Cake's context.</summary>
public abstract class AsyncFrostingTask : AsyncFrostingTask<ICakeContext>;

/// <summary>An asynchronous task with a context of one's own.</summary>
/// <typeparam name="T">the context</typeparam>
public abstract class AsyncFrostingTask<T> : IFrostingTask
    where T : ICakeContext
{
    /// <summary>Does the work.</summary>
    public virtual Task RunAsync(T context) => Task.CompletedTask;

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
        return RunAsync((T)context);
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
