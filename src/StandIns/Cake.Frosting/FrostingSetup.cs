using Cake.Core;

namespace Cake.Frosting;

/// <summary>What runs before the first task, with Cake's context.</summary>
public abstract class FrostingSetup : FrostingSetup<ICakeContext>;

/// <summary>What runs before the first task, with a context of one's own.</summary>
/// <typeparam name="TContext">the context</typeparam>
public abstract class FrostingSetup<TContext> : IFrostingSetup
    where TContext : ICakeContext
{
    /// <summary>Runs before the first task; if it throws, no task runs but the teardown does.</summary>
    public abstract void Setup(TContext context, ISetupContext info);

    void IFrostingSetup.Setup(ICakeContext context, ISetupContext info)
    {
        ArgumentNullException.ThrowIfNull(context);
        ArgumentNullException.ThrowIfNull(info);
        Setup((TContext)context, info);
    }
}
