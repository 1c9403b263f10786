using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using System.Xml.Linq;

namespace Pipeline.LocalCloud.Protocols;

/// <summary>The query wire: a flat form is read as nested members, members are written as XML.</summary>
internal static class QueryWire
{
    /// <summary><c>A.member.1.B=x</c> becomes <c>{"A":[{"B":"x"}]}</c>; <c>M.entry.1.key/value</c> becomes a structure.</summary>
    public static JsonObject Read(string form)
    {
        var root = new Branch();
        foreach (var pair in form.Split('&', StringSplitOptions.RemoveEmptyEntries))
        {
            var at = pair.IndexOf('=', StringComparison.Ordinal);
            var name = WebUtility.UrlDecode(at < 0 ? pair : pair[..at]);
            var branch = root;
            foreach (var part in name.Split('.'))
            {
                branch = branch.Children.TryGetValue(part, out var next) ? next : branch.Children[part] = new Branch();
            }

            branch.Value = at < 0 ? "" : WebUtility.UrlDecode(pair[(at + 1)..]);
        }

        return (JsonObject)Structure(root);
    }

    public static string Result(AwsService service, string operation, JsonObject result, string requestId)
    {
        XNamespace ns = service.XmlNamespace;
        if (service.BareResults)
        {
            var bare = new XElement(ns + $"{operation}Response", new XElement(ns + "requestId", requestId));
            Write(bare, result, ns, service, "");
            return Text(bare);
        }

        var body = new XElement(ns + $"{operation}Result");
        Write(body, result, ns, service, "");
        return Text(new XElement(ns + $"{operation}Response", body, new XElement(ns + "ResponseMetadata", new XElement(ns + "RequestId", requestId))));
    }

    public static string Refusal(string xmlNamespace, AwsException refusal, string requestId)
    {
        XNamespace ns = xmlNamespace;
        return Text(new XElement(ns + "ErrorResponse",
            new XElement(ns + "Error",
                new XElement(ns + "Type", refusal.Status < 500 ? "Sender" : "Receiver"),
                new XElement(ns + "Code", refusal.Code),
                new XElement(ns + "Message", refusal.Message)),
            new XElement(ns + "RequestId", requestId)));
    }

    private static string Text(XElement element) => element.ToString(SaveOptions.DisableFormatting);

    private static JsonNode Structure(Branch branch)
    {
        if (branch.Children.Count == 0)
        {
            return JsonValue.Create(branch.Value ?? "");
        }

        if (branch.Children.Count == 1 && branch.Children.TryGetValue("entry", out var entries))
        {
            var map = new JsonObject();
            foreach (var entry in entries.Children.Values)
            {
                // Some maps (message attributes of SNS) name their parts otherwise.
                var key = entry.Children.GetValueOrDefault("key") ?? entry.Children["Name"];
                map[key.Value ?? ""] = Structure(entry.Children.GetValueOrDefault("value") ?? entry.Children["Value"]);
            }

            return map;
        }

        // Lists: "member", or an item's own name (RDS), then numbers.
        var list = branch.Children.Count == 1 && !IsNumbered(branch) ? branch.Children.Values.Single() : branch;
        if (IsNumbered(list))
        {
            return new JsonArray([.. list.Children.OrderBy(c => int.Parse(c.Key, CultureInfo.InvariantCulture)).Select(c => Structure(c.Value))]);
        }

        var structure = new JsonObject();
        foreach (var (name, child) in branch.Children)
        {
            structure[name] = Structure(child);
        }

        return structure;
    }

    private static bool IsNumbered(Branch branch) => branch.Children.Count > 0 && branch.Children.Keys.All(k => k.All(char.IsAsciiDigit) && k.Length > 0);

    private static void Write(XElement parent, JsonObject members, XNamespace ns, AwsService service, string path)
    {
        foreach (var (name, value) in members)
        {
            if (value is null)
            {
                continue;
            }

            foreach (var item in service.FlatLists && value is JsonArray list ? list.OfType<JsonNode>() : [value])
            {
                var element = new XElement(ns + name);
                parent.Add(element);
                Fill(element, item, ns, service, path.Length == 0 ? name : $"{path}.{name}");
            }
        }
    }

    private static void Fill(XElement element, JsonNode value, XNamespace ns, AwsService service, string path)
    {
        switch (value)
        {
            case JsonObject map when service.MapMembers.Contains(path):
                foreach (var (key, entry) in map)
                {
                    var item = new XElement(ns + "entry", new XElement(ns + "key", key));
                    var held = new XElement(ns + "value");
                    item.Add(held);
                    element.Add(item);
                    Fill(held, entry!, ns, service, path);
                }

                break;
            case JsonObject structure:
                Write(element, structure, ns, service, path);
                break;
            case JsonArray list:
                var name = service.ListItemNames.GetValueOrDefault(path, "member");
                foreach (var entry in list.OfType<JsonNode>())
                {
                    var child = new XElement(ns + name);
                    element.Add(child);
                    Fill(child, entry, ns, service, path);
                }

                break;
            case JsonValue scalar:
                element.Value = scalar.TryGetValue<string>(out var text) ? text : scalar.ToJsonString();
                break;
        }
    }

    private sealed class Branch
    {
        public Dictionary<string, Branch> Children { get; } = new(StringComparer.Ordinal);

        public string? Value { get; set; }
    }
}
