using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;

namespace Pipeline.LocalCloud.CloudFormation.Templates;

/// <summary>Checks the values given for a template's parameters and turns them into what <c>Ref</c> answers.</summary>
internal static class ParameterValues
{
    public const string Hidden = "****";

    private const string StoredPrefix = "AWS::SSM::Parameter::Value<";

    /// <summary>Every parameter's text: given, or its default. Unknown names and missing values are refused, all at once.</summary>
    public static Dictionary<string, string> Complete(Template template, IReadOnlyDictionary<string, string> given)
    {
        var unknown = given.Keys.Where(name => !template.Parameters.ContainsKey(name)).Order(StringComparer.Ordinal).ToList();
        if (unknown.Count > 0)
        {
            throw Refusals.Invalid($"Parameters: [{string.Join(", ", unknown)}] do not exist in the template");
        }

        var missing = template.Parameters.Values.Where(p => p.Default is null && !given.ContainsKey(p.Name)).Select(p => p.Name).ToList();
        if (missing.Count > 0)
        {
            throw Refusals.Invalid($"Parameters: [{string.Join(", ", missing)}] must have values");
        }

        var values = template.Parameters.Values.ToDictionary(p => p.Name, p => given.GetValueOrDefault(p.Name) ?? p.Default!, StringComparer.Ordinal);
        foreach (var parameter in template.Parameters.Values)
        {
            Check(parameter, values[parameter.Name]);
        }

        return values;
    }

    /// <summary>What <c>Ref</c> answers for each parameter.</summary>
    /// <param name="values">complete, by name</param>
    /// <param name="stored">reads a stored (SSM) parameter</param>
    public static async Task<Dictionary<string, JsonNode>> Evaluate(Template template, IReadOnlyDictionary<string, string> values, Func<string, Task<string>> stored)
    {
        var nodes = new Dictionary<string, JsonNode>(StringComparer.Ordinal);
        foreach (var (name, parameter) in template.Parameters)
        {
            var text = values[name];
            var type = parameter.Type;
            if (type.StartsWith(StoredPrefix, StringComparison.Ordinal))
            {
                text = await stored(text);
                type = type[StoredPrefix.Length..^1];
            }

            nodes[name] = IsList(type)
                ? new JsonArray([.. (text.Length == 0 ? [] : text.Split(',')).Select(entry => JsonValue.Create(entry.Trim()))])
                : JsonValue.Create(text);
        }

        return nodes;
    }

    public static void RequireKnownType(ParameterDefinition parameter)
    {
        if (!IsKnown(parameter.Type))
        {
            throw Refusals.Format($"Unrecognized parameter type: {parameter.Type} (parameter {parameter.Name})");
        }
    }

    private static bool IsKnown(string type) =>
        type.StartsWith(StoredPrefix, StringComparison.Ordinal) && type.EndsWith('>') ? IsStored(type[StoredPrefix.Length..^1])
        : type is "String" or "Number" or "CommaDelimitedList" or "List<Number>" or "AWS::SSM::Parameter::Name" || IsOfAccount(type);

    private static bool IsStored(string type) => type is "String" or "List<String>" or "CommaDelimitedList" || IsOfAccount(type);

    /// <summary>Ids of what lies in the account; here they are taken as they are.</summary>
    private static bool IsOfAccount(string type) => (type.StartsWith("List<", StringComparison.Ordinal) && type.EndsWith('>') ? type[5..^1] : type) is
        "AWS::EC2::AvailabilityZone::Name" or "AWS::EC2::Image::Id" or "AWS::EC2::Instance::Id" or "AWS::EC2::KeyPair::KeyName" or "AWS::EC2::SecurityGroup::GroupName" or "AWS::EC2::SecurityGroup::Id"
        or "AWS::EC2::Subnet::Id" or "AWS::EC2::Volume::Id" or "AWS::EC2::VPC::Id" or "AWS::Route53::HostedZone::Id";

    private static bool IsList(string type) => type == "CommaDelimitedList" || type.StartsWith("List<", StringComparison.Ordinal);

    private static void Check(ParameterDefinition parameter, string value)
    {
        var type = parameter.Type;
        RequireKnownType(parameter);
        if (type is "Number" or "List<Number>" && value.Split(type == "Number" ? '\n' : ',').Any(part => !double.TryParse(part, NumberStyles.Float, CultureInfo.InvariantCulture, out _)))
        {
            throw Refusals.Invalid($"Parameter '{parameter.Name}' must be a number.");
        }

        var entries = IsList(type) && parameter.AllowedValues.Count > 0 ? value.Split(',').Select(entry => entry.Trim()).ToList() : [value];
        if (parameter.AllowedValues.Count > 0 && entries.Any(entry => !parameter.AllowedValues.Contains(entry)))
        {
            Refuse(parameter, $"Parameter '{parameter.Name}' must be one of AllowedValues");
        }

        if (parameter.AllowedPattern is { } pattern && !Matches(parameter.Name, pattern, value))
        {
            Refuse(parameter, $"Parameter '{parameter.Name}' must match pattern {pattern}");
        }

        if (value.Length < parameter.MinLength)
        {
            Refuse(parameter, $"Parameter '{parameter.Name}' must contain at least {parameter.MinLength} characters");
        }

        if (value.Length > parameter.MaxLength)
        {
            Refuse(parameter, $"Parameter '{parameter.Name}' must contain at most {parameter.MaxLength} characters");
        }

        if (type == "Number" && double.Parse(value, CultureInfo.InvariantCulture) is var number && (number < parameter.MinValue || number > parameter.MaxValue))
        {
            Refuse(parameter, number < parameter.MinValue
                ? $"Parameter '{parameter.Name}' must be a number not less than {parameter.MinValue}"
                : $"Parameter '{parameter.Name}' must be a number not greater than {parameter.MaxValue}");
        }
    }

    private static bool Matches(string name, string pattern, string value)
    {
        try
        {
            return Regex.IsMatch(value, $"^(?:{pattern})$", RegexOptions.CultureInvariant, TimeSpan.FromSeconds(1));
        }
        catch (Exception broken) when (broken is ArgumentException or RegexMatchTimeoutException)
        {
            throw Refusals.Format($"the AllowedPattern of parameter {name} is not a regular expression.");
        }
    }

    private static void Refuse(ParameterDefinition parameter, string reason) =>
        throw Refusals.Invalid(parameter.ConstraintDescription is { } description ? $"Parameter {parameter.Name} failed to satisfy constraint: {description}" : reason);
}
