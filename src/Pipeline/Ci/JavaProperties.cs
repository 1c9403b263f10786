using System.Globalization;
using System.Text;

namespace Pipeline.Ci;

/// <summary>Java's format of properties, as its own writer writes it: a pair a line, no continued lines.</summary>
internal static class JavaProperties
{
    public static Dictionary<string, string> Read(IEnumerable<string> lines)
    {
        var all = new Dictionary<string, string>(StringComparer.Ordinal);
        foreach (var line in lines.Select(l => l.TrimStart()).Where(l => l.Length > 0 && l[0] is not ('#' or '!')))
        {
            var end = End(line);
            all[Unescape(line[..end])] = end < line.Length ? Unescape(line[(end + 1)..].TrimStart()) : "";
        }

        return all;
    }

    /// <summary>Where the key ends: at the first separator that is not escaped.</summary>
    private static int End(string line)
    {
        for (var i = 0; i < line.Length; i++)
        {
            if (line[i] == '\\')
            {
                i++;
            }
            else if (line[i] is '=' or ':')
            {
                return i;
            }
        }

        return line.Length;
    }

    private static string Unescape(string text)
    {
        var plain = new StringBuilder(text.Length);
        for (var i = 0; i < text.Length; i++)
        {
            if (text[i] != '\\' || i + 1 == text.Length)
            {
                plain.Append(text[i]);
                continue;
            }

            i++;
            if (text[i] == 'u' && i + 4 < text.Length && ushort.TryParse(text.AsSpan(i + 1, 4), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture, out var code))
            {
                plain.Append((char)code);
                i += 4;
                continue;
            }

            plain.Append(text[i] switch { 'n' => '\n', 'r' => '\r', 't' => '\t', 'f' => '\f', var other => other });
        }

        return plain.ToString();
    }
}
