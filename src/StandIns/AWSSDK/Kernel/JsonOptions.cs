using System.Reflection;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace StandIns.Aws;

/// <summary>Requests and answers as the JSON wire has them.</summary>
internal static class JsonOptions
{
    private static readonly JsonSerializerOptions LowerCase = Build(lowerCase: true), AsDeclared = Build(lowerCase: false);

    public static JsonSerializerOptions For(bool lowerCase) => lowerCase ? LowerCase : AsDeclared;

    private static JsonSerializerOptions Build(bool lowerCase) => new()
    {
        DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
        Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping,
        NumberHandling = JsonNumberHandling.AllowReadingFromString,
        Converters = { new ConstantConverterFactory(), new EpochSecondsConverter(), new BlobConverter() },
        TypeInfoResolver = new DefaultJsonTypeInfoResolver { Modifiers = { type => Shape(type, lowerCase) } },
    };

    private static void Shape(JsonTypeInfo type, bool lowerCase)
    {
        if (type.Kind != JsonTypeInfoKind.Object)
        {
            return;
        }

        for (var i = type.Properties.Count - 1; i >= 0; i--)
        {
            var property = type.Properties[i];
            if (property.AttributeProvider is not PropertyInfo declared || !WireMember.Travels(declared))
            {
                type.Properties.RemoveAt(i);
                continue;
            }

            property.Name = lowerCase ? char.ToLowerInvariant(declared.Name[0]) + declared.Name[1..] : declared.Name;
            if (declared.IsDefined(typeof(EpochMillisecondsAttribute)))
            {
                property.CustomConverter = new EpochMillisecondsConverter();
            }

            if (declared.IsDefined(typeof(IdempotencyTokenAttribute)) && property.Get is { } get)
            {
                property.Get = owner => get(owner) ?? WireMember.NewToken();
            }
        }
    }
}
