using System.Collections.Concurrent;
using System.Net;
using System.Net.Security;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using System.Text;

namespace Pipeline.Tests.Notifications;

/// <summary>A mail as a server took it.</summary>
internal sealed record Mail(string From, IReadOnlyList<string> To, string Text, bool Encrypted, string? User);

/// <summary>An SMTP server on this machine (RFC 5321, STARTTLS, AUTH PLAIN): it takes mails, or answers what it is told to.</summary>
internal sealed class MailServer : IAsyncDisposable
{
    private readonly TcpListener _listener = new(IPAddress.Loopback, 0);
    private readonly CancellationTokenSource _stop = new();
    private readonly ConcurrentQueue<Mail> _mails = new();
    private readonly Task _serving;

    public MailServer()
    {
        _listener.Start();
        _serving = Serve();
    }

    public int Port => ((IPEndPoint)_listener.LocalEndpoint).Port;

    public IReadOnlyList<Mail> Mails => [.. _mails];

    /// <summary>It speaks TLS from the beginning.</summary>
    public bool Tls { get; init; }

    /// <summary>It offers to go over to TLS.</summary>
    public bool StartTls { get; init; }

    /// <summary>It takes mails only from whoever knows this.</summary>
    public string? Password { get; init; }

    /// <summary>Answers to <c>RCPT</c> in place of a yes, in order.</summary>
    public ConcurrentQueue<string> Refusals { get; } = new();

    public X509Certificate2 Certificate { get; } = SelfSigned();

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        _listener.Stop();
        await _serving;
        Certificate.Dispose();
        _stop.Dispose();
    }

    private async Task Serve()
    {
        var talks = new List<Task>();
        try
        {
            while (true)
            {
                var client = await _listener.AcceptTcpClientAsync(_stop.Token);
                talks.Add(Talk(client));
            }
        }
        catch (Exception e) when (e is OperationCanceledException or SocketException or ObjectDisposedException)
        {
            // The test is over.
        }

        await Task.WhenAll(talks);
    }

    private async Task Talk(TcpClient client)
    {
        using var _ = client;
        try
        {
            await using var plain = client.GetStream();
            await Talk(plain);
        }
        catch (Exception e) when (e is IOException or OperationCanceledException or System.Security.Authentication.AuthenticationException)
        {
            // The client has gone.
        }
    }

    private async Task Talk(Stream stream)
    {
        if (Tls)
        {
            stream = await Encrypted(stream);
        }

        var (encrypted, user, from, to) = (Tls, (string?)null, "", new List<string>());
        await Say(stream, "220 mail.test ready");
        while (await Line(stream) is { } line)
        {
            switch (line.Split(' ', 2)[0].ToUpperInvariant())
            {
                case "EHLO":
                    await Say(stream, string.Join("\r\n", ["250-mail.test", .. StartTls && !encrypted ? ["250-STARTTLS"] : Array.Empty<string>(), .. Password is null ? [] : (string[])["250-AUTH PLAIN"], "250 8BITMIME"]));
                    break;
                case "STARTTLS":
                    await Say(stream, "220 go on");
                    stream = await Encrypted(stream);
                    encrypted = true;
                    break;
                case "AUTH":
                    var parts = Encoding.UTF8.GetString(Convert.FromBase64String(line.Split(' ')[2])).Split('\0');
                    user = parts[2] == Password ? parts[1] : null;
                    await Say(stream, user is null ? "535 5.7.8 no" : "235 welcome");
                    break;
                case "MAIL":
                    from = line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)];
                    await Say(stream, Password is not null && user is null ? "530 5.7.0 sign in first" : "250 ok");
                    break;
                case "RCPT":
                    var refusal = Refusals.TryDequeue(out var no) ? no : null;
                    to.Add(line[(line.IndexOf('<', StringComparison.Ordinal) + 1)..line.IndexOf('>', StringComparison.Ordinal)]);
                    await Say(stream, refusal ?? "250 ok");
                    break;
                case "DATA":
                    await Say(stream, "354 go on, end with a dot");
                    var text = new StringBuilder();
                    while (await Line(stream) is { } content && content != ".")
                    {
                        text.Append(content.StartsWith("..", StringComparison.Ordinal) ? content[1..] : content).Append('\n');
                    }

                    _mails.Enqueue(new Mail(from, [.. to], text.ToString(), encrypted, user));
                    await Say(stream, "250 taken");
                    break;
                case "QUIT":
                    await Say(stream, "221 bye");
                    return;
                default:
                    await Say(stream, line.StartsWith("RSET", StringComparison.OrdinalIgnoreCase) ? "250 ok" : "502 not here");
                    break;
            }
        }
    }

    private async Task<Stream> Encrypted(Stream stream)
    {
        var tls = new SslStream(stream);
        await tls.AuthenticateAsServerAsync(new SslServerAuthenticationOptions { ServerCertificate = Certificate }, _stop.Token);
        return tls;
    }

    private async Task Say(Stream stream, string text) => await stream.WriteAsync(Encoding.ASCII.GetBytes($"{text}\r\n"), _stop.Token);

    /// <summary>Byte by byte: what comes after STARTTLS must not be read before it.</summary>
    private async Task<string?> Line(Stream stream)
    {
        var line = new List<byte>();
        var one = new byte[1];
        while (await stream.ReadAsync(one, _stop.Token) == 1)
        {
            if (one[0] == '\n')
            {
                return Encoding.UTF8.GetString([.. line]).TrimEnd('\r');
            }

            line.Add(one[0]);
        }

        return null;
    }

    private static X509Certificate2 SelfSigned()
    {
        using var key = RSA.Create(2048);
        var request = new CertificateRequest("CN=localhost", key, HashAlgorithmName.SHA256, RSASignaturePadding.Pkcs1);
        var names = new SubjectAlternativeNameBuilder();
        names.AddDnsName("localhost");
        names.AddIpAddress(IPAddress.Loopback);
        request.CertificateExtensions.Add(names.Build());
        using var made = request.CreateSelfSigned(DateTimeOffset.UtcNow.AddDays(-1), DateTimeOffset.UtcNow.AddDays(1));
        return X509CertificateLoader.LoadPkcs12(made.Export(X509ContentType.Pfx), null);
    }
}
