using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.LoadBalancing;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Iam;

/// <summary>A statement's <c>Condition</c>: every operator with every key must hold, one of a key's values is enough.</summary>
internal static partial class PolicyCondition
{
    public static bool Holds(JsonObject? condition, AccessQuestion question, List<string> missing)
    {
        var holds = true;
        // All of them, so that every missing key is told.
        foreach (var (written, keys) in condition ?? [])
        {
            foreach (var (key, values) in keys as JsonObject ?? throw new AwsException("MalformedPolicyDocument", "Syntax errors in policy: a condition operator needs a structure."))
            {
                holds &= Holds(written, key, PolicyEvaluation.Texts(values), question, missing);
            }
        }

        return holds;
    }

    /// <summary>A text with its policy variables replaced; <c>null</c>: one has no value, so nothing equals the text.</summary>
    public static string? Spell(string text, AccessQuestion question)
    {
        var complete = true;
        var spelt = Variable().Replace(text, match =>
        {
            var name = match.Groups["name"].Value;
            if (name is "*" or "?" or "$")
            {
                return name;
            }

            if (question.Context.TryGetValue(name, out var values) && values is [var only])
            {
                return only;
            }

            complete = false;
            return "";
        });
        return complete ? spelt : null;
    }

    private static bool Holds(string written, string key, IReadOnlyList<string> expected, AccessQuestion question, List<string> missing)
    {
        var (quantifier, name) = written.Split(':') is [var before, var after] ? (before, after) : ("", written);
        var optional = name.EndsWith("IfExists", StringComparison.Ordinal);
        var op = optional ? name[..^"IfExists".Length] : name;
        var present = question.Context.TryGetValue(key, out var actual) && actual.Count > 0;
        if (op == "Null")
        {
            return expected.Any(e => bool.TryParse(e, out var absent) && absent != present);
        }

        var negated = op.Contains("Not", StringComparison.Ordinal);
        var equals = Comparison(negated ? op.Replace("Not", "", StringComparison.Ordinal) : op);
        if (!present)
        {
            if (!optional)
            {
                missing.Add(key);
            }

            // A key that is not there differs from every value, and all of none hold.
            return optional || negated || quantifier == "ForAllValues";
        }

        var spelt = expected.Select(e => Spell(e, question)).OfType<string>().ToList();
        bool One(string value) => spelt.Exists(e => equals(value, e)) != negated;
        return quantifier == "ForAllValues" ? actual!.All(One) : actual!.Any(One);
    }

    private static Func<string, string, bool> Comparison(string op) => op switch
    {
        "StringEquals" => (actual, expected) => actual == expected,
        "StringEqualsIgnoreCase" or "Bool" => (actual, expected) => string.Equals(actual, expected, StringComparison.OrdinalIgnoreCase),
        "StringLike" or "ArnLike" or "ArnEquals" => (actual, expected) => Wildcard.Matches(expected, actual, ignoreCase: false),
        "NumericEquals" => (actual, expected) => Number(actual) == Number(expected),
        "NumericLessThan" => (actual, expected) => Number(actual) < Number(expected),
        "NumericLessThanEquals" => (actual, expected) => Number(actual) <= Number(expected),
        "NumericGreaterThan" => (actual, expected) => Number(actual) > Number(expected),
        "NumericGreaterThanEquals" => (actual, expected) => Number(actual) >= Number(expected),
        _ => throw new AwsException("PolicyEvaluation", $"The embedded cloud does not evaluate the condition operator '{op}'.", 500),
    };

    private static double Number(string text) => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? number : double.NaN;

    [GeneratedRegex(@"\$\{(?<name>[^}]+)\}")]
    private static partial Regex Variable();
}
