using Cake.Core;

namespace Pipeline.Cake;

/// <summary>Cake's engine, which also remembers why a run failed and starts nothing after an interrupt.</summary>
internal sealed class OutcomeEngine(CakeEngine engine, Outcome outcome, QuietLog log, Interrupts interrupts, IConsole console) : ICakeEngine
{
    public event EventHandler<BeforeSetupEventArgs> BeforeSetup
    {
        add => engine.BeforeSetup += value;
        remove => engine.BeforeSetup -= value;
    }

    public event EventHandler<AfterSetupEventArgs> AfterSetup
    {
        add => engine.AfterSetup += value;
        remove => engine.AfterSetup -= value;
    }

    public event EventHandler<BeforeTeardownEventArgs> BeforeTeardown
    {
        add => engine.BeforeTeardown += value;
        remove => engine.BeforeTeardown -= value;
    }

    public event EventHandler<AfterTeardownEventArgs> AfterTeardown
    {
        add => engine.AfterTeardown += value;
        remove => engine.AfterTeardown -= value;
    }

    public event EventHandler<BeforeTaskSetupEventArgs> BeforeTaskSetup
    {
        add => engine.BeforeTaskSetup += value;
        remove => engine.BeforeTaskSetup -= value;
    }

    public event EventHandler<AfterTaskSetupEventArgs> AfterTaskSetup
    {
        add => engine.AfterTaskSetup += value;
        remove => engine.AfterTaskSetup -= value;
    }

    public event EventHandler<BeforeTaskTeardownEventArgs> BeforeTaskTeardown
    {
        add => engine.BeforeTaskTeardown += value;
        remove => engine.BeforeTaskTeardown -= value;
    }

    public event EventHandler<AfterTaskTeardownEventArgs> AfterTaskTeardown
    {
        add => engine.AfterTaskTeardown += value;
        remove => engine.AfterTaskTeardown -= value;
    }

    public IReadOnlyList<ICakeTaskInfo> Tasks => engine.Tasks;

    public CakeTaskBuilder RegisterTask(string name) => engine.RegisterTask(name);

    public void RegisterSetupAction(Action<ISetupContext> action) => engine.RegisterSetupAction(action);

    public void RegisterSetupAction<TData>(Func<ISetupContext, TData> action)
        where TData : class => engine.RegisterSetupAction(action);

    public void RegisterTeardownAction(Action<ITeardownContext> action) => engine.RegisterTeardownAction(action);

    public void RegisterTeardownAction<TData>(Action<ITeardownContext, TData> action)
        where TData : class => engine.RegisterTeardownAction(action);

    public void RegisterTaskSetupAction(Action<ITaskSetupContext> action) => engine.RegisterTaskSetupAction(action);

    public void RegisterTaskSetupAction<TData>(Action<ITaskSetupContext, TData> action)
        where TData : class => engine.RegisterTaskSetupAction(action);

    public void RegisterTaskTeardownAction(Action<ITaskTeardownContext> action) => engine.RegisterTaskTeardownAction(action);

    public void RegisterTaskTeardownAction<TData>(Action<ITaskTeardownContext, TData> action)
        where TData : class => engine.RegisterTaskTeardownAction(action);

    public async Task<CakeReport> RunTargetAsync(ICakeContext context, IExecutionStrategy strategy, ExecutionSettings settings)
    {
        try
        {
            return await engine.RunTargetAsync(context, new OurStrategy(strategy, log, console, interrupts.Token), settings).ConfigureAwait(false);
        }
        catch (Exception e)
        {
            outcome.Record(e);
            throw;
        }
    }
}
