namespace Cake.Frosting;

/// <summary>A task's name, where it is not the class's.</summary>
/// <param name="name">the name</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskNameAttribute(string name) : Attribute
{
    /// <summary>The name.</summary>
    public string Name { get; } = name;
}
