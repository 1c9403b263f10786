using Cake.Core;

namespace Cake.Frosting;

/// <summary>What runs before the first task.</summary>
public interface IFrostingSetup
{
    /// <summary>Runs before the first task; if it throws, no task runs but the teardown does.</summary>
    void Setup(ICakeContext context, ISetupContext info);
}

/// <summary>What runs after the last task.</summary>
public interface IFrostingTeardown
{
    /// <summary>Runs after the last task, whatever happened.</summary>
    void Teardown(ICakeContext context, ITeardownContext info);
}

/// <summary>Both in one class.</summary>
public interface IFrostingLifetime : IFrostingSetup, IFrostingTeardown;
