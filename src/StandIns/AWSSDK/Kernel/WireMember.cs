using System.Collections.Concurrent;
using System.Reflection;
using Amazon.Runtime;

namespace StandIns.Aws;

/// <summary>The client invents a value where the caller gives none.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class IdempotencyTokenAttribute : Attribute;

/// <summary>A time that travels as milliseconds since 1970.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class EpochMillisecondsAttribute : Attribute;

/// <summary>What the query wire calls the items of a list, where it is not <c>member</c>.</summary>
[AttributeUsage(AttributeTargets.Property)]
public sealed class ListItemAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>A property that travels; those which the runtime's base classes declare do not.</summary>
internal sealed record WireMember(PropertyInfo Property, string ItemName, bool IsIdempotencyToken)
{
    private static readonly ConcurrentDictionary<Type, IReadOnlyList<WireMember>> Known = new();

    public static IReadOnlyList<WireMember> Of(Type type) => Known.GetOrAdd(type, t =>
    [
        .. t.GetProperties(BindingFlags.Public | BindingFlags.Instance).Where(p => p.CanWrite && Travels(p)).Select(p => new WireMember(
            p, p.GetCustomAttribute<ListItemAttribute>()?.Name ?? "member", p.IsDefined(typeof(IdempotencyTokenAttribute)))),
    ]);

    public static bool Travels(PropertyInfo property) => property.DeclaringType?.Assembly != typeof(AmazonWebServiceRequest).Assembly;

    public object? ValueIn(object owner) => Property.GetValue(owner) ?? (IsIdempotencyToken ? NewToken() : null);

    public static string NewToken() => Guid.NewGuid().ToString();
}
