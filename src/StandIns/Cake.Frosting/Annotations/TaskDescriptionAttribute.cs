namespace Cake.Frosting;

/// <summary>What a task does, in a line.</summary>
/// <param name="description">the line</param>
[AttributeUsage(AttributeTargets.Class, Inherited = false)]
public sealed class TaskDescriptionAttribute(string description) : Attribute
{
    /// <summary>The line.</summary>
    public string Description { get; } = description;
}
