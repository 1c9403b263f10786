using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Queues;

/// <summary>The attributes of a queue that can be set: their defaults and what they may be.</summary>
internal static class Settings
{
    private static readonly Dictionary<string, (int Default, int Least, int Most)> Numbers = new()
    {
        ["VisibilityTimeout"] = (30, 0, 43200),
        ["DelaySeconds"] = (0, 0, 900),
        ["ReceiveMessageWaitTimeSeconds"] = (0, 0, 20),
        ["MessageRetentionPeriod"] = (345600, 60, 1209600),
        ["MaximumMessageSize"] = (1048576, 1024, 1048576),
    };

    // Kept and told again; nothing on one machine depends on them.
    private static readonly string[] Texts = ["Policy", "RedriveAllowPolicy", "KmsMasterKeyId", "KmsDataKeyReusePeriodSeconds", "SqsManagedSseEnabled"];

    public static IReadOnlyDictionary<string, string> Defaults { get; } = Numbers.ToDictionary(n => n.Key, n => n.Value.Default.ToString(CultureInfo.InvariantCulture));

    public static int Number(this QueueRecord queue, string name) =>
        queue.Settings.TryGetValue(name, out var text) ? int.Parse(text, CultureInfo.InvariantCulture) : Numbers[name].Default;

    /// <summary>Where messages go that were received too often.</summary>
    public static (string Arn, int MaxReceives)? Redrive(this QueueRecord queue) =>
        queue.Settings.TryGetValue("RedrivePolicy", out var text) && text.Length > 0 ? ReadRedrive(text) : null;

    /// <exception cref="AwsException">an attribute is unknown or its value not allowed</exception>
    public static void Check(IReadOnlyDictionary<string, string> settings)
    {
        foreach (var (name, value) in settings)
        {
            if (Numbers.TryGetValue(name, out var bounds))
            {
                if (!int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var number) || number < bounds.Least || number > bounds.Most)
                {
                    throw Invalid(name);
                }
            }
            else if (name == "RedrivePolicy")
            {
                _ = value.Length == 0 ? default : ReadRedrive(value);
            }
            else if (!Texts.Contains(name))
            {
                throw new AwsException("InvalidAttributeName", $"Unknown Attribute {name}.");
            }
        }
    }

    private static AwsException Invalid(string name) => new("InvalidAttributeValue", $"Invalid value for the parameter {name}.");

    private static (string Arn, int MaxReceives) ReadRedrive(string text)
    {
        try
        {
            var policy = JsonNode.Parse(text) as JsonObject ?? throw Invalid("RedrivePolicy");
            return policy.Text("deadLetterTargetArn") is { } arn && policy.Int("maxReceiveCount") is { } count and >= 1 and <= 1000 ? (arn, count) : throw Invalid("RedrivePolicy");
        }
        catch (JsonException)
        {
            throw Invalid("RedrivePolicy");
        }
    }
}
