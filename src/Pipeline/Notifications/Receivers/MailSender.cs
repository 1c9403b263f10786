using System.Net.Security;
using MailKit.Net.Smtp;
using MailKit.Security;
using MimeKit;
using Pipeline.Configuration;

namespace Pipeline.Notifications.Receivers;

/// <summary>Sends a mail over SMTP.</summary>
internal sealed class MailSender(MailReceiver receiver, ReceiverSecrets secrets)
{
    /// <summary>Certificates that are trusted beside those that the machine trusts; <c>null</c>: none.</summary>
    public RemoteCertificateValidationCallback? Trust { get; init; }

    /// <summary>One attempt.</summary>
    public async Task<Attempt> Send(Notice notice, CancellationToken cancel)
    {
        using var smtp = new SmtpClient
        {
            // As for every receiver over https: a network that lets no revocation lists through keeps no news back.
            CheckCertificateRevocation = false,
            ServerCertificateValidationCallback = Trust,
        };
        try
        {
            await smtp.ConnectAsync(receiver.Host, receiver.Port, receiver.Security switch { MailSecurity.Tls => SecureSocketOptions.SslOnConnect, MailSecurity.StartTls => SecureSocketOptions.StartTls, _ => SecureSocketOptions.None }, cancel).ConfigureAwait(false);
            if (receiver.Login is { } login)
            {
                await smtp.AuthenticateAsync(secrets.Of(login.User).Reveal(), secrets.Of(login.Password).Reveal(), cancel).ConfigureAwait(false);
            }

            using var message = Message(notice);
            await smtp.SendAsync(message, cancel).ConfigureAwait(false);
        }
        catch (MailKit.Security.AuthenticationException)
        {
            return Attempt.Never("the mail server does not accept user and password");
        }
        catch (SmtpCommandException e)
        {
            var why = $"the mail server answered {(int)e.StatusCode}: {NoticeText.Shown(e.Message)}";
            return (int)e.StatusCode is >= 400 and < 500 ? Attempt.Later(why) : Attempt.Never(why);
        }
        catch (NotSupportedException)
        {
            return Attempt.Never(receiver.Security == MailSecurity.StartTls && !smtp.IsSecure ? "the mail server offers no STARTTLS, and nothing is sent in clear" : "the mail server offers no way to sign in");
        }
        catch (SslHandshakeException)
        {
            return Attempt.Never("the mail server's certificate is not trusted, or it speaks no TLS there");
        }

        // The mail is on its way, whatever becomes of the goodbye.
        return Attempt.Taken;
    }

    private MimeMessage Message(Notice notice)
    {
        var from = MailboxAddress.Parse(receiver.From);
        var message = new MimeMessage
        {
            Subject = NoticeText.Headline(notice).Replace("\u200b", "", StringComparison.Ordinal),
            Body = new TextPart("plain") { Text = NoticeText.Plain(notice) },
            // The same again after a lost answer: mail servers that have it know it.
            MessageId = $"{notice.Id}.{receiver.Name}@{from.Domain}",
        };
        message.From.Add(from);
        message.To.AddRange(receiver.To.Select(MailboxAddress.Parse));
        message.Headers.Add(HeaderId.AutoSubmitted, "auto-generated");
        return message;
    }
}
