using System.Collections;
using System.Globalization;
using System.Xml.Linq;
using Amazon.Runtime;

namespace StandIns.Aws;

/// <summary>XML elements into objects, by the names of their properties.</summary>
internal static class QueryAnswer
{
    public static void Fill(object target, XElement element)
    {
        foreach (var member in WireMember.Of(target.GetType()))
        {
            if (Child(element, member.Property.Name) is { } child)
            {
                member.Property.SetValue(target, Read(member.Property.PropertyType, child));
            }
        }
    }

    private static object? Read(Type declared, XElement element)
    {
        var type = Nullable.GetUnderlyingType(declared) ?? declared;
        return type switch
        {
            _ when type == typeof(string) => element.Value,
            _ when type == typeof(bool) => bool.Parse(element.Value),
            _ when type == typeof(DateTime) => DateTime.Parse(element.Value, CultureInfo.InvariantCulture, DateTimeStyles.AdjustToUniversal | DateTimeStyles.AssumeUniversal),
            _ when type == typeof(MemoryStream) => new MemoryStream(Convert.FromBase64String(element.Value)),
            _ when type.IsPrimitive => Convert.ChangeType(element.Value, type, CultureInfo.InvariantCulture),
            _ when type.IsSubclassOf(typeof(ConstantClass)) => Constants.Find(type, element.Value),
            _ when type.IsAssignableTo(typeof(IDictionary)) => ReadMap(type, element),
            _ when type.IsAssignableTo(typeof(IList)) => ReadList(type, element),
            _ => ReadStructure(type, element),
        };
    }

    /// <summary>Null for an empty element, as the official clients have it.</summary>
    private static IList? ReadList(Type type, XElement element)
    {
        if (!element.HasElements)
        {
            return null;
        }

        var list = (IList)Activator.CreateInstance(type)!;
        foreach (var item in element.Elements())
        {
            list.Add(Read(type.GetGenericArguments()[0], item));
        }

        return list;
    }

    private static IDictionary? ReadMap(Type type, XElement element)
    {
        if (!element.HasElements)
        {
            return null;
        }

        var map = (IDictionary)Activator.CreateInstance(type)!;
        foreach (var entry in element.Elements())
        {
            map[Child(entry, "key")!.Value] = Read(type.GetGenericArguments()[1], Child(entry, "value")!);
        }

        return map;
    }

    private static object ReadStructure(Type type, XElement element)
    {
        var structure = Activator.CreateInstance(type)!;
        Fill(structure, element);
        return structure;
    }

    private static XElement? Child(XElement element, string name) => element.Elements().FirstOrDefault(e => e.Name.LocalName == name);
}
