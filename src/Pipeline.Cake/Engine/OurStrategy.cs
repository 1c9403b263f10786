using Cake.Core;
using Cake.Core.Diagnostics;

namespace Pipeline.Cake;

/// <summary>Does what another strategy does, unless the run was interrupted, and knows whose turn it is to speak: ours or Cake's.</summary>
internal sealed class OurStrategy(IExecutionStrategy strategy, QuietLog log, IConsole console, CancellationToken cancel) : IExecutionStrategy
{
    public void PerformSetup(Action<ISetupContext> action, ISetupContext context)
    {
        using (log.OursSpeaks())
        {
            strategy.PerformSetup(action, context);
        }
    }

    public void PerformTeardown(Action<ITeardownContext> action, ITeardownContext teardownContext)
    {
        using (log.OursSpeaks())
        {
            strategy.PerformTeardown(action, teardownContext);
        }
    }

    public async Task ExecuteAsync(CakeTask task, ICakeContext context)
    {
        cancel.ThrowIfCancellationRequested();
        using (log.OursSpeaks())
        {
            await strategy.ExecuteAsync(task, context).ConfigureAwait(false);
        }
    }

    public void Skip(CakeTask task, CakeTaskCriteria criteria)
    {
        strategy.Skip(task, criteria);
        if (log.Verbosity == Verbosity.Normal)
        {
            console.WriteLine($"{task.Name,-12} skipped   {criteria.Message}".TrimEnd());
        }
    }

    public async Task ReportErrorsAsync(Func<Exception, Task> action, Exception exception)
    {
        using (log.OursSpeaks())
        {
            await strategy.ReportErrorsAsync(action, exception).ConfigureAwait(false);
        }
    }

    public async Task HandleErrorsAsync(Func<Exception, ICakeContext, Task> action, Exception exception, ICakeContext context)
    {
        using (log.OursSpeaks())
        {
            await strategy.HandleErrorsAsync(action, exception, context).ConfigureAwait(false);
        }
    }

    public async Task InvokeFinallyAsync(Func<ICakeContext, Task> action, ICakeContext context)
    {
        using (log.OursSpeaks())
        {
            await strategy.InvokeFinallyAsync(action, context).ConfigureAwait(false);
        }
    }

    public void PerformTaskSetup(Action<ITaskSetupContext> action, ITaskSetupContext taskSetupContext)
    {
        using (log.OursSpeaks())
        {
            strategy.PerformTaskSetup(action, taskSetupContext);
        }
    }

    public void PerformTaskTeardown(Action<ITaskTeardownContext> action, ITaskTeardownContext taskTeardownContext)
    {
        using (log.OursSpeaks())
        {
            strategy.PerformTaskTeardown(action, taskTeardownContext);
        }
    }
}
