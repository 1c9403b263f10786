using System.Collections;
using System.Globalization;
using Amazon;
using Amazon.Runtime;
using Amazon.Runtime.Internal;
using Amazon.Runtime.Internal.Transform;
using Amazon.Util;

namespace StandIns.Aws;

/// <summary>Members flattened into form fields: <c>Tags.member.1.Key</c>.</summary>
internal sealed class QueryRequest(ServiceDescription service, string operation) : IMarshaller<IRequest, AmazonWebServiceRequest>
{
    public IRequest Marshall(AmazonWebServiceRequest input)
    {
        var request = new DefaultRequest(input, service.RequestNamespace) { HttpMethod = "POST" };
        request.Parameters.Add("Action", operation);
        request.Parameters.Add("Version", service.ApiVersion);
        AddMembers(request.Parameters, "", input);
        request.ContentStream = AWSSDKUtils.WriteParametersToPooledStream(request);
        return request;
    }

    private static void AddMembers(IDictionary<string, string> form, string prefix, object owner)
    {
        foreach (var member in WireMember.Of(owner.GetType()))
        {
            Add(form, prefix + member.Property.Name, member.ValueIn(owner), member.ItemName);
        }
    }

    private static void Add(IDictionary<string, string> form, string name, object? value, string itemName)
    {
        switch (value)
        {
            case null:
                return;
            case IDictionary map:
                AddMap(form, name, map);
                return;
            case IList list:
                AddList(form, name, list, itemName);
                return;
            default:
                if (Text(value) is { } text)
                {
                    form.Add(name, text);
                }
                else
                {
                    AddMembers(form, name + ".", value);
                }

                return;
        }
    }

    private static void AddList(IDictionary<string, string> form, string name, IList list, string itemName)
    {
        // With collections that exist from the start, an empty one does not mean "none of them".
        if (list.Count == 0 && !AWSConfigs.InitializeCollections)
        {
            form.Add(name, "");
        }

        for (var i = 0; i < list.Count; i++)
        {
            Add(form, $"{name}.{itemName}.{i + 1}", list[i], "member");
        }
    }

    private static void AddMap(IDictionary<string, string> form, string name, IDictionary map)
    {
        var number = 1;
        foreach (DictionaryEntry entry in map)
        {
            Add(form, $"{name}.entry.{number}.key", entry.Key, "member");
            Add(form, $"{name}.entry.{number++}.value", entry.Value, "member");
        }
    }

    private static string? Text(object value) => value switch
    {
        string text => text,
        bool flag => flag ? "true" : "false",
        ConstantClass constant => constant.Value,
        DateTime time => time.ToUniversalTime().ToString("yyyy-MM-dd'T'HH:mm:ss.fff'Z'", CultureInfo.InvariantCulture),
        MemoryStream blob => Convert.ToBase64String(blob.ToArray()),
        int or long or float or double => ((IFormattable)value).ToString(null, CultureInfo.InvariantCulture),
        _ => null,
    };
}
