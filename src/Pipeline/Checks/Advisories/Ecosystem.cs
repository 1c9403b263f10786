using System.Text.RegularExpressions;

namespace Pipeline.Checks.Advisories;

/// <summary>Whose packages they are.</summary>
internal enum Ecosystem
{
    NuGet,
    PyPI,
    Npm,
}

/// <summary>How ecosystems are called, and how they spell names.</summary>
internal static partial class Ecosystems
{
    /// <summary>As advisories in OSV's format call it.</summary>
    public static string Name(this Ecosystem ecosystem) => ecosystem == Ecosystem.Npm ? "npm" : ecosystem.ToString();

    /// <summary>From such a name, of which only what stands before a colon counts; <c>null</c>: it is none of ours.</summary>
    public static Ecosystem? Find(string? name)
    {
        var text = name?.Split(':')[0];
        foreach (var ecosystem in Enum.GetValues<Ecosystem>())
        {
            if (ecosystem.Name().Equals(text, StringComparison.OrdinalIgnoreCase))
            {
                return ecosystem;
            }
        }

        return null;
    }

    /// <summary>One spelling of a package's name: NuGet ignores case, PyPI also how words are separated (PEP 503), npm nothing.</summary>
    public static string Normal(this Ecosystem ecosystem, string name) => ecosystem switch
    {
        Ecosystem.NuGet => name.ToLowerInvariant(),
        Ecosystem.PyPI => Separators().Replace(name, "-").ToLowerInvariant(),
        _ => name,
    };

    [GeneratedRegex("[-_.]+")]
    private static partial Regex Separators();
}
