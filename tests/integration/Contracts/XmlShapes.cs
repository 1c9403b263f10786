using System.Globalization;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Pipeline.Tests.Contracts;

/// <summary>Members on the query wire's XML against their shapes.</summary>
internal sealed class XmlShapes(ServiceModel model, List<string> found)
{
    public void Check(string operation, JsonNode? output, XElement answer)
    {
        // EC2 really answers with a slash at the end.
        if (answer.Name.LocalName != $"{operation}Response" || answer.Name.NamespaceName.TrimEnd('/') != model.XmlNamespace.TrimEnd('/'))
        {
            found.Add($"the answer is {answer.Name}, not {{{model.XmlNamespace}}}{operation}Response");
        }

        var bare = model.Protocol == "ec2";
        var id = bare ? answer.Elements().FirstOrDefault(e => e.Name.LocalName == "requestId") : Child(answer, "ResponseMetadata")?.Elements().FirstOrDefault(e => e.Name.LocalName == "RequestId");
        if (id is null)
        {
            found.Add("has no request id");
        }

        if (output is null)
        {
            if (answer.Elements().Any(e => e.Name.LocalName is not ("ResponseMetadata" or "requestId") && e.HasElements))
            {
                found.Add("answers members though the operation has none");
            }

            return;
        }

        var result = bare ? answer : Child(answer, (string?)output["resultWrapper"] ?? $"{operation}Result");
        if (result is null)
        {
            found.Add($"has no {(string?)output["resultWrapper"]}");
            return;
        }

        if (bare)
        {
            id?.Remove();
        }

        Structure(model.Shape(output), result, "");
    }

    private static XElement? Child(XElement parent, string name) => parent.Elements().FirstOrDefault(e => e.Name.LocalName == name);

    private void Value(JsonObject shape, XElement element, string path)
    {
        switch ((string)shape["type"]!)
        {
            case "structure":
                Structure(shape, element, path);
                break;
            case "list":
                var item = (string?)shape["member"]!["locationName"] ?? "member";
                foreach (var (child, index) in element.Elements().Select((child, index) => (child, index)))
                {
                    Named(child, item, path);
                    Value(model.Shape(shape["member"]!), child, $"{path}[{index}]");
                }

                NoText(element, path);
                break;
            case "map":
                foreach (var entry in element.Elements())
                {
                    Named(entry, "entry", path);
                    Entry(shape, entry, path);
                }

                NoText(element, path);
                break;
            case var scalar:
                Scalar(scalar, shape, element, path);
                break;
        }
    }

    private void Entry(JsonObject shape, XElement entry, string path)
    {
        foreach (var part in new[] { "key", "value" })
        {
            var name = (string?)shape[part]!["locationName"] ?? part;
            if (Child(entry, name) is { } child)
            {
                Value(model.Shape(shape[part]!), child, $"{path}.{name}");
            }
            else
            {
                found.Add($"{path} has an entry without its {name}");
            }
        }
    }

    private void Structure(JsonObject shape, XElement element, string path)
    {
        var members = shape["members"]!.AsObject();
        var byName = members.ToDictionary(member => NameOf(member.Key, member.Value!), member => member.Value!);
        foreach (var group in element.Elements().GroupBy(child => child.Name.LocalName))
        {
            var member = $"{path}.{group.Key}";
            if (!byName.TryGetValue(group.Key, out var known))
            {
                found.Add($"{member} is not in the model");
                continue;
            }

            var inner = model.Shape(known);
            var flat = inner["flattened"] is not null || known["flattened"] is not null;
            if (group.Count() > 1 && !flat)
            {
                found.Add($"{member} is there {group.Count()} times");
            }

            foreach (var child in group)
            {
                Value(flat ? model.Shape(inner["member"]!) : inner, child, member);
            }
        }

        foreach (var missing in (shape["required"]?.AsArray() ?? []).Select(name => NameOf((string)name!, members[(string)name!]!)).Where(name => Child(element, name) is null))
        {
            found.Add($"{path}.{missing} is required and missing");
        }

        NoText(element, path);
    }

    private string NameOf(string name, JsonNode member)
    {
        var shape = model.Shape(member);
        return (string?)member["locationName"] ?? (shape["flattened"] is not null ? (string?)shape["member"]?["locationName"] : null) ?? name;
    }

    private void NoText(XElement element, string path)
    {
        if (element.Nodes().OfType<XText>().Any(text => !string.IsNullOrWhiteSpace(text.Value)))
        {
            found.Add($"{path} is the text '{element.Value}', not members");
        }
    }

    private void Named(XElement element, string name, string path)
    {
        if (element.Name.LocalName != name)
        {
            found.Add($"{path} has items named {element.Name.LocalName}, not {name}");
        }
    }

    private void Scalar(string type, JsonObject shape, XElement element, string path)
    {
        var text = element.Value;
        var right = !element.HasElements && type switch
        {
            "boolean" => text is "true" or "false",
            "integer" or "long" => long.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out _),
            "float" or "double" => double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out _),
            "timestamp" => DateTimeOffset.TryParseExact(text, ["yyyy-MM-dd'T'HH:mm:ss'Z'", "yyyy-MM-dd'T'HH:mm:ss.fff'Z'"], CultureInfo.InvariantCulture, DateTimeStyles.None, out _),
            _ => true,
        };
        if (!right)
        {
            found.Add($"{path} is '{element.FirstNode}', not of type {type}");
        }
        else if (shape["enum"] is JsonArray values && !values.Any(known => (string?)known == text))
        {
            found.Add($"{path} is '{text}', which is not in the model's list");
        }
    }
}
