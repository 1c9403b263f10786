using Cake.Core;

namespace Cake.Frosting;

/// <summary>What runs before each task.</summary>
public interface IFrostingTaskSetup
{
    /// <summary>Runs before each task; if it throws, the task does not run but its teardown does.</summary>
    void Setup(ICakeContext context, ITaskSetupContext info);
}

/// <summary>What runs after each task.</summary>
public interface IFrostingTaskTeardown
{
    /// <summary>Runs after each task, whatever happened.</summary>
    void Teardown(ICakeContext context, ITaskTeardownContext info);
}

/// <summary>Both in one class.</summary>
public interface IFrostingTaskLifetime : IFrostingTaskSetup, IFrostingTaskTeardown;
