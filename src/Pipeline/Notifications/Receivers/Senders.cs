using System.Net.Security;
using Pipeline.Aws;
using Pipeline.Configuration;

namespace Pipeline.Notifications.Receivers;

/// <summary>The way to every kind of receiver.</summary>
/// <param name="notice">as it may be told: without secrets</param>
internal sealed class Senders(Notice notice, ReceiverSecrets secrets, Func<Task<AwsAccount>> aws)
{
    public required TimeProvider Time { get; init; }

    public required RemoteCertificateValidationCallback? Trust { get; init; }

    /// <summary>One attempt.</summary>
    public Task<Attempt> Send(Receiver receiver, CancellationToken cancel)
    {
        var http = new HttpSender(secrets.Mask, Time);
        return receiver switch
        {
            SlackReceiver slack => http.Post(secrets.Of(slack.Url), SlackMessage.Of(notice), null, cancel),
            TeamsReceiver teams => http.Post(secrets.Of(teams.Url), TeamsMessage.Of(notice), null, cancel),
            WebhookReceiver hook => http.Post(secrets.Of(hook.Url), WebhookMessage.Of(notice), secrets.Of(hook.Key), cancel),
            TopicReceiver topic => Publish(topic, cancel),
            MailReceiver mail => new MailSender(mail, secrets) { Trust = Trust }.Send(notice, cancel),
            _ => throw new NotSupportedException(receiver.GetType().Name),
        };
    }

    private async Task<Attempt> Publish(TopicReceiver receiver, CancellationToken cancel)
    {
        var attributes = new Dictionary<string, string> { ["cause"] = notice.Cause.Word(), ["system"] = notice.System, ["environment"] = notice.Environment, ["release"] = notice.About, ["id"] = notice.Id };
        try
        {
            await (await aws().ConfigureAwait(false)).Topics.Publish(receiver.Topic, NoticeText.Headline(notice), NoticeText.Plain(notice), attributes, cancel).ConfigureAwait(false);
            return Attempt.Taken;
        }
        catch (AwsRefusedException e)
        {
            return e.Kind is RefusalKind.Throttled or RefusalKind.Fault ? Attempt.Later(e.Message) : Attempt.Never(e.Message);
        }
        catch (AwsUnreachableException e)
        {
            return Attempt.Later(e.Message);
        }
    }
}
