using Cake.Frosting.Internal;

namespace Cake.Frosting;

/// <summary>This task runs after another.</summary>
/// <param name="type">the other task's class</param>
[AttributeUsage(AttributeTargets.Class, AllowMultiple = true)]
public sealed class IsDependentOnAttribute(Type type) : Attribute, ITaskDependency
{
    /// <summary>The other task's class.</summary>
    public Type Task { get; } = type;
}
