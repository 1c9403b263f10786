using System.Reflection;
using Cake.Core;

namespace Cake.Frosting.Internal;

/// <summary>What a task's class says about it.</summary>
internal sealed class TaskType
{
    private readonly Type _type;
    private readonly Type? _base;

    public TaskType(Type type)
    {
        _type = type;
        _base = BaseOf(type);
        ContextType = _base?.GenericTypeArguments[0] ?? typeof(ICakeContext);
    }

    public string Name => NameOf(_type);

    public string? Description => _type.GetCustomAttribute<TaskDescriptionAttribute>()?.Description;

    public Type ContextType { get; }

    public bool ContinuesOnError => _type.IsDefined(typeof(ContinueOnErrorAttribute), inherit: false);

    /// <summary>The names of the tasks that attributes of one kind point to.</summary>
    public IEnumerable<string> Names<TAttribute>(string kind)
        where TAttribute : Attribute, ITaskDependency
    {
        foreach (var attribute in _type.GetCustomAttributes<TAttribute>())
        {
            var name = NameOf(attribute.Task);
            yield return typeof(IFrostingTask).IsAssignableFrom(attribute.Task)
                ? name
                : throw new FrostingException($"The {kind} '{name}' is not a valid task.");
        }
    }

    /// <summary>
    /// Whether the class has its own version of a method of its base (a task without <c>Run</c> only gathers dependencies).
    /// A class that implements the interface itself has its own version of everything.
    /// </summary>
    public bool Overrides(string method, params Type[] leadingParameters)
    {
        if (_base is null)
        {
            return true;
        }

        var found = _type.GetMethod(method, [.. leadingParameters, ContextType]);
        return found is not null && found.GetBaseDefinition().DeclaringType == _base && found.DeclaringType != _base;
    }

    private static string NameOf(Type task) => task.GetCustomAttribute<TaskNameAttribute>()?.Name ?? task.Name;

    private static Type? BaseOf(Type type)
    {
        for (var current = type.BaseType; current is not null; current = current.BaseType)
        {
            if (current.IsConstructedGenericType && current.GetGenericTypeDefinition() is var definition
                && (definition == typeof(FrostingTask<>) || definition == typeof(AsyncFrostingTask<>)))
            {
                return current;
            }
        }

        return null;
    }
}
