using Pipeline.Ledger;

namespace Pipeline.Notifications;

/// <summary>Something that people are told: made once, from what the release and the ledger know, and rendered for each receiver.</summary>
/// <param name="Cause">what it is about</param>
/// <param name="System">the system's name</param>
/// <param name="Environment">where it happened</param>
/// <param name="About">id of the release or the request</param>
/// <param name="Headline">one sentence</param>
/// <param name="At">UTC, when it happened</param>
public sealed record Notice(Cause Cause, string System, string Environment, string About, string Headline, DateTimeOffset At)
{
    /// <summary>Tells two notices of the same cause about one release apart: an incident's id.</summary>
    public string? Incident { get; init; }

    /// <summary>It was made to try the receivers; nothing happened.</summary>
    public bool IsTest { get; init; }

    /// <summary>The services with their versions before and after.</summary>
    public IReadOnlyList<ServiceChange> Services { get; init; } = [];

    /// <summary>What the release is made of; <c>null</c>: unknown.</summary>
    public string? Commit { get; init; }

    /// <summary>First line of the commit's message.</summary>
    public string? Subject { get; init; }

    /// <summary>Who asked for it.</summary>
    public string? By { get; init; }

    /// <summary>Why somebody wanted it, in a person's words.</summary>
    public string? Reason { get; init; }

    /// <summary>Why it happened, one line each; never lines of an application's log.</summary>
    public IReadOnlyList<string> Why { get; init; } = [];

    /// <summary>How the environment stands now.</summary>
    public string? State { get; init; }

    /// <summary>Who can act.</summary>
    public IReadOnlyList<string> Who { get; init; } = [];

    /// <summary>UTC, until when they can.</summary>
    public DateTimeOffset? Until { get; init; }

    /// <summary>What to type.</summary>
    public string? Next { get; init; }

    /// <summary>Where to look: made by the pipeline, never from foreign text.</summary>
    public IReadOnlyList<NoticeLink> Links { get; init; } = [];

    /// <summary>32 hex digits; the same for every attempt and every receiver of the same news.</summary>
    public string Id => Hashing.Of(System, Environment, About, Cause.Word(), Incident ?? "", IsTest ? $"test {At:O}" : "")[..32];

    /// <summary>The same with every text changed: how secrets are taken out, before anything is rendered.</summary>
    /// <remarks>A link that would be changed is left out.</remarks>
    public Notice With(Func<string, string> change)
    {
        return this with
        {
            Headline = change(Headline),
            Services = [.. Services.Select(s => s with { From = Changed(s.From), To = change(s.To) })],
            Subject = Changed(Subject),
            By = Changed(By),
            Reason = Changed(Reason),
            Why = [.. Why.Select(change)],
            State = Changed(State),
            Who = [.. Who.Select(change)],
            Next = Changed(Next),
            Links = [.. Links.Where(l => change(l.Url.AbsoluteUri) == l.Url.AbsoluteUri)],
        };

        string? Changed(string? text) => text is null ? null : change(text);
    }
}

/// <summary>Where to look.</summary>
/// <param name="Name">a word or two</param>
/// <param name="Url">http or https</param>
public sealed record NoticeLink(string Name, Uri Url);
