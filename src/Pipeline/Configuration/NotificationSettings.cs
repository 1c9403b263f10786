using Pipeline.Notifications;

namespace Pipeline.Configuration;

/// <summary>People who want to know of the same things.</summary>
/// <param name="Name">e.g. <c>devops</c></param>
/// <param name="Causes">what they are told of; empty: nothing, in this environment</param>
/// <param name="Receivers">where each of them is told</param>
public sealed record ContactGroup(string Name, IReadOnlyList<Cause> Causes, IReadOnlyList<Receiver> Receivers);

/// <summary>A place where a group reads.</summary>
/// <param name="Name">as reports call it: addresses are secrets</param>
public abstract record Receiver(string Name)
{
    /// <summary>The secrets that it needs.</summary>
    public abstract IReadOnlyList<SecretSource> Secrets { get; }
}

/// <summary>An incoming webhook of Slack, or of something that understands its messages.</summary>
/// <param name="Url">who knows it may write there</param>
public sealed record SlackReceiver(string Name, SecretSource Url) : Receiver(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<SecretSource> Secrets => [Url];
}

/// <summary>A workflow of Microsoft Teams that is started by a webhook.</summary>
/// <param name="Url">who knows it may write there</param>
public sealed record TeamsReceiver(string Name, SecretSource Url) : Receiver(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<SecretSource> Secrets => [Url];
}

/// <summary>A program of somebody's.</summary>
/// <param name="Url">where it listens</param>
/// <param name="Key">signs what is sent</param>
public sealed record WebhookReceiver(string Name, SecretSource Url, SecretSource Key) : Receiver(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<SecretSource> Secrets => [Url, Key];
}

/// <summary>A topic of SNS, in the environment's region.</summary>
/// <param name="Topic">its ARN</param>
public sealed record TopicReceiver(string Name, string Topic) : Receiver(Name)
{
    /// <inheritdoc/>
    public override IReadOnlyList<SecretSource> Secrets => [];
}

/// <summary>People with mailboxes.</summary>
/// <param name="Host">SMTP server</param>
/// <param name="Port">it listens there</param>
/// <param name="Security">how the conversation is kept private</param>
/// <param name="From">sender's address</param>
/// <param name="To">their addresses</param>
public sealed record MailReceiver(string Name, string Host, int Port, MailSecurity Security, string From, IReadOnlyList<string> To) : Receiver(Name)
{
    /// <summary>Who signs in; <c>null</c>: nobody does.</summary>
    public MailLogin? Login { get; init; }

    /// <inheritdoc/>
    public override IReadOnlyList<SecretSource> Secrets => Login is null ? [] : [Login.User, Login.Password];
}

/// <summary>Who signs in to a mail server.</summary>
public sealed record MailLogin(SecretSource User, SecretSource Password);

/// <summary>How a conversation with a mail server is kept private.</summary>
public enum MailSecurity
{
    /// <summary>It begins in clear and must go on encrypted before anything is said.</summary>
    StartTls,

    /// <summary>It is encrypted from the beginning.</summary>
    Tls,

    /// <summary>Not at all; only with a server on this machine.</summary>
    None,
}
