using System.Text.RegularExpressions;

namespace Pipeline.Parity;

/// <summary>Keeps values that may be secrets out of reports: they are told apart, not told.</summary>
internal static partial class SensitiveNames
{
    /// <summary>The same difference; where its name sounds like a secret's, without the values.</summary>
    public static ParityDifference Hidden(ParityDifference difference) => difference.Kind == ParityKind.Secret || !Sounds(difference.Property)
        ? difference
        : difference with { Left = difference.Left is null ? null : "(hidden)", Right = difference.Right is null ? null : "(hidden)" };

    /// <summary>The name sounds like a secret's.</summary>
    public static bool Sounds(string name) => Secret().IsMatch(name);

    [GeneratedRegex("password|passwd|secret|token|credential|private|api_?key|connectionstring", RegexOptions.IgnoreCase)]
    private static partial Regex Secret();
}
