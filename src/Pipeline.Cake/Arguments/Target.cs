using System.Reflection;
using Cake.Frosting;

namespace Pipeline.Cake;

/// <summary>Something that <c>--target</c> can name.</summary>
/// <param name="Name">as it is typed; upper and lower case are the same</param>
/// <param name="Description">one line for <c>--help</c></param>
public sealed record Target(string Name, string Description)
{
    /// <summary>The target that runs when none is named.</summary>
    public const string Default = "Default";

    /// <summary>The public task classes of an assembly: <c>Default</c> first, the others by name.</summary>
    public static IReadOnlyList<Target> In(Assembly assembly)
    {
        ArgumentNullException.ThrowIfNull(assembly);
        return assembly.GetExportedTypes()
            .Where(type => type is { IsClass: true, IsAbstract: false } && typeof(IFrostingTask).IsAssignableFrom(type))
            .Select(type => new Target(
                type.GetCustomAttribute<TaskNameAttribute>()?.Name ?? type.Name,
                type.GetCustomAttribute<TaskDescriptionAttribute>()?.Description ?? ""))
            .OrderBy(target => target.Name != Default)
            .ThenBy(target => target.Name, StringComparer.OrdinalIgnoreCase)
            .ToList();
    }
}
