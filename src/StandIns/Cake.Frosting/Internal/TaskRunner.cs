using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.Scripting;

namespace Cake.Frosting.Internal;

/// <summary>Tells Cake's engine the tasks and lifetimes, then has a script host run, draw or describe them.</summary>
internal sealed class TaskRunner(
    ICakeEngine engine, IFrostingContext context, ICakeLog log, IEnumerable<IFrostingTask> tasks, IServiceProvider services)
{
    public CakeReport Run(IScriptHost host, IEnumerable<string> targets)
    {
        foreach (var task in tasks)
        {
            Register(task);
        }

        RegisterLifetimes();
        return host.RunTargets(targets);
    }

    private void Register(IFrostingTask task)
    {
        var type = new TaskType(task.GetType());
        if (!type.ContextType.IsInstanceOfType(context))
        {
            log.Warning("Task cannot be used since the context isn't convertible to {0}.", type.ContextType.FullName!);
            return;
        }

        log.Debug("Registering task: {0}", type.Name);
        var registered = engine.RegisterTask(type.Name);
        if (!string.IsNullOrWhiteSpace(type.Description))
        {
            registered.Description(type.Description);
        }

        if (type.Overrides("Run") || type.Overrides("RunAsync"))
        {
            registered.Does(task.RunAsync);
        }

        if (type.Overrides("ShouldRun"))
        {
            registered.WithCriteria(task.ShouldRun, task.SkippedMessage);
        }

        if (type.ContinuesOnError)
        {
            registered.ContinueOnError();
        }

        if (type.Overrides("OnError", typeof(Exception)))
        {
            registered.OnError(exception => task.OnError(exception, context));
        }

        if (type.Overrides("Finally"))
        {
            registered.Finally(() => task.Finally(context));
        }

        foreach (var name in type.Names<IsDependentOnAttribute>("dependency"))
        {
            registered.IsDependentOn(name);
        }

        foreach (var name in type.Names<IsDependeeOfAttribute>("reverse dependency"))
        {
            registered.IsDependeeOf(name);
        }
    }

    private void RegisterLifetimes()
    {
        if (Service<IFrostingSetup>() is { } setup)
        {
            engine.RegisterSetupAction(info => setup.Setup(context, info));
        }

        if (Service<IFrostingTeardown>() is { } teardown)
        {
            engine.RegisterTeardownAction(info => teardown.Teardown(context, info));
        }

        if (Service<IFrostingTaskSetup>() is { } taskSetup)
        {
            engine.RegisterTaskSetupAction(info => taskSetup.Setup(context, info));
        }

        if (Service<IFrostingTaskTeardown>() is { } taskTeardown)
        {
            engine.RegisterTaskTeardownAction(info => taskTeardown.Teardown(context, info));
        }
    }

    private T? Service<T>()
        where T : class => services.GetService(typeof(T)) as T;
}
