using System.Net;
using System.Text;
using System.Text.Encodings.Web;

namespace Pipeline.Processes;

/// <summary>
/// Removes known secrets from text, also where they were encoded on the way: each value whole, its lines, and its base64, JSON and URI forms.
/// Values of fewer than four characters are left alone: hiding them would hide the text around them.
/// </summary>
public sealed class SecretMask
{
    internal const string Replacement = "***";
    private const int ShortestValue = 4;
    private const int ShortestLine = 6;
    private readonly string[] _forms;

    /// <summary>Hides these values.</summary>
    public SecretMask(IEnumerable<string> values) =>
        _forms = [.. values.Where(v => v.Trim().Length >= ShortestValue).SelectMany(Forms).Distinct(StringComparer.Ordinal).OrderByDescending(f => f.Length)];

    /// <summary>Hides nothing.</summary>
    public static SecretMask None { get; } = new([]);

    /// <summary>Everything that is hidden, for a runner that hides it as well; the longest first.</summary>
    public IReadOnlyList<string> Hidden => _forms;

    /// <summary>Length of the longest form that is hidden.</summary>
    internal int Longest => _forms.Length == 0 ? 0 : _forms[0].Length;

    /// <summary>The text with every form of every value replaced by <c>***</c>.</summary>
    public string Apply(string text) => _forms.Aggregate(text, (masked, form) => masked.Replace(form, Replacement, StringComparison.Ordinal));

    private static IEnumerable<string> Forms(string value)
    {
        var pieces = value.Split('\n').Select(l => l.TrimEnd('\r')).Where(l => l.Trim().Length >= ShortestLine).Append(value).Append(value.Trim());
        return pieces.Distinct(StringComparer.Ordinal).SelectMany(Encodings).Where(f => f.Length >= ShortestValue);
    }

    private static IEnumerable<string> Encodings(string value) =>
    [
        value,
        JavaScriptEncoder.Default.Encode(value),
        JavaScriptEncoder.UnsafeRelaxedJsonEscaping.Encode(value),
        Uri.EscapeDataString(value),
        WebUtility.UrlEncode(value),
        .. Base64Cores(value),
    ];

    /// <summary>In <c>base64(user:secret)</c> the secret starts at any of three offsets; the digits that it alone decides are hidden.</summary>
    private static IEnumerable<string> Base64Cores(string value)
    {
        var bytes = Encoding.UTF8.GetBytes(value);
        yield return Convert.ToBase64String(bytes);
        for (var offset = 0; offset < 3; offset++)
        {
            var encoded = Convert.ToBase64String([.. new byte[offset], .. bytes]);
            var from = ((offset * 8) + 5) / 6;
            var to = (offset + bytes.Length) * 8 / 6;
            if (to - from < ShortestLine)
            {
                continue;
            }

            var core = encoded[from..to];
            yield return core;
            yield return core.Replace('+', '-').Replace('/', '_');
        }
    }
}
