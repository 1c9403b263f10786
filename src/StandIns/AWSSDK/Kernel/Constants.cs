using System.Collections.Concurrent;
using System.Reflection;
using Amazon.Runtime;

namespace StandIns.Aws;

/// <summary>Enumerations by text: the declared one, or a new one for a value that is younger than the model.</summary>
internal static class Constants
{
    private static readonly ConcurrentDictionary<Type, Func<string, ConstantClass>> Finders = new();

    public static ConstantClass Find(Type type, string value) => Finders.GetOrAdd(type, t =>
        t.GetMethod("FindValue", BindingFlags.Public | BindingFlags.Static | BindingFlags.DeclaredOnly, [typeof(string)])!.CreateDelegate<Func<string, ConstantClass>>())(value);
}
