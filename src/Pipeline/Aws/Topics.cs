using Amazon.SimpleNotificationService.Model;

namespace Pipeline.Aws;

/// <summary>SNS.</summary>
public sealed class Topics(AwsConnection aws)
{
    private const int LongestSubject = 100;

    /// <summary>Publishes a text.</summary>
    /// <param name="topic">ARN</param>
    /// <param name="subject">of a mail; SNS takes only ASCII, so other letters become <c>?</c>, and cuts at 100</param>
    /// <param name="attributes">by which subscriptions filter</param>
    /// <exception cref="AwsRefusedException">there is no such topic, or it may not be written to</exception>
    /// <exception cref="AwsUnreachableException">no answer</exception>
    public Task Publish(string topic, string subject, string message, IReadOnlyDictionary<string, string> attributes, CancellationToken cancel) => aws.Ask(
        $"publish to topic '{topic.Split(':')[^1]}'",
        () => aws.Sns.PublishAsync(
            new PublishRequest
            {
                TopicArn = topic,
                Subject = Ascii(subject),
                Message = message,
                MessageAttributes = attributes.ToDictionary(a => a.Key, a => new MessageAttributeValue { DataType = "String", StringValue = a.Value }),
            },
            cancel),
        cancel);

    private static string Ascii(string subject)
    {
        var ascii = string.Concat(subject.Replace("→", "->", StringComparison.Ordinal).Where(c => c != '\u200b').Select(c => c is >= ' ' and <= '~' ? c : '?'));
        return ascii.Length < LongestSubject ? ascii : ascii[..(LongestSubject - 1)];
    }
}
