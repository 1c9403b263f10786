using Pipeline.Aws;
using Pipeline.Configuration;
using Pipeline.Outcomes;
using Pipeline.Parity;
using Pipeline.Processes;

namespace Pipeline.Notifications;

/// <summary>The secrets of an environment's receivers, read where they are kept, and what hides them.</summary>
public sealed class ReceiverSecrets
{
    private const int ShortestValue = 8;
    private const int ShortestSegment = 16;
    private readonly IReadOnlyDictionary<SecretSource, Secret> _read;
    private readonly IReadOnlyDictionary<SecretSource, MissingSecret> _missing;

    private ReceiverSecrets(IReadOnlyList<(SecretSource Source, Secret? Value, MissingSecret? Missing)> read, IEnumerable<string> further)
    {
        _read = read.Where(r => r.Value is not null).ToDictionary(r => r.Source, r => r.Value!);
        _missing = read.Where(r => r.Missing is not null).ToDictionary(r => r.Source, r => r.Missing!);
        Mask = new SecretMask([.. _read.Values.SelectMany(v => Parts(v.Reveal())), .. further]);
    }

    /// <summary>Hides all of them, and what the process's environment holds under a secret's name or for a build.</summary>
    public SecretMask Mask { get; }

    /// <summary>The process's environment.</summary>
    public static IReadOnlyDictionary<string, string> Process() =>
        Environment.GetEnvironmentVariables().Cast<System.Collections.DictionaryEntry>().ToDictionary(v => (string)v.Key, v => (string?)v.Value ?? "");

    /// <summary>Reads them side by side; what can not be read has its reason.</summary>
    /// <param name="receivers">whose secrets</param>
    /// <param name="aws">the environment's account; asked only if one of them is kept there</param>
    /// <param name="variables">the process's environment</param>
    /// <param name="named">variables that hold secrets whatever they are called</param>
    public static async Task<ReceiverSecrets> Read(
        IEnumerable<Receiver> receivers, Func<Task<AwsAccount>> aws, IReadOnlyDictionary<string, string> variables, IReadOnlySet<string> named, CancellationToken cancel)
    {
        var sources = receivers.SelectMany(r => r.Secrets).Distinct();
        var read = await Task.WhenAll(sources.Select(source => Read(source, aws, variables, cancel))).ConfigureAwait(false);
        return new ReceiverSecrets(read, variables.Where(v => (SensitiveNames.Sounds(v.Key) || named.Contains(v.Key)) && v.Value.Length >= ShortestValue).Select(v => v.Value));
    }

    /// <summary>The first secret without which a receiver can not be told; <c>null</c>: all are there.</summary>
    public MissingSecret? Missing(Receiver receiver) => receiver.Secrets.Select(s => _missing.GetValueOrDefault(s)).OfType<MissingSecret>().FirstOrDefault();

    /// <summary>A secret that is there.</summary>
    public Secret Of(SecretSource source) => _read[source];

    private static async Task<(SecretSource Source, Secret? Value, MissingSecret? Missing)> Read(SecretSource source, Func<Task<AwsAccount>> aws, IReadOnlyDictionary<string, string> variables, CancellationToken cancel)
    {
        try
        {
            var value = source.Store switch
            {
                SecretStore.Variable => variables.TryGetValue(source.Name, out var text) ? new Secret(text) : null,
                SecretStore.Parameter => await (await aws().ConfigureAwait(false)).Secrets.Parameter(source.Name, cancel).ConfigureAwait(false),
                _ => await (await aws().ConfigureAwait(false)).Secrets.Value(source.Name, source.Key, cancel).ConfigureAwait(false),
            };
            return value?.Reveal().Trim() is { Length: > 0 } trimmed
                ? (source, new Secret(trimmed), null)
                : (source, null, new(source, $"{source} {(source.Store == SecretStore.Variable ? "is not set" : "does not exist, or is empty")}", IsUnknown: false));
        }
        catch (Exception e) when (e is PipelineException or OperationCanceledException)
        {
            return (source, null, new(source, $"{source} can not be read: {(e is PipelineException ? e.Message : "no answer in time")}", IsUnknown: true));
        }
    }

    /// <summary>What tells an address: all of it, its path (servers like to repeat it), and the long pieces that are its tokens.</summary>
    private static IEnumerable<string> Parts(string value) => Uri.TryCreate(value, UriKind.Absolute, out var url) && url.Scheme is "http" or "https"
        ? [value, url.AbsoluteUri, .. new[] { url.PathAndQuery }.Where(p => p.Length >= ShortestValue), .. url.PathAndQuery.Split('/', '?', '&', '=').Where(s => s.Length >= ShortestSegment)]
        : [value];
}

/// <summary>A secret that a receiver needs and that is not there.</summary>
/// <param name="Source">where it was looked for</param>
/// <param name="Why">half a sentence</param>
/// <param name="IsUnknown">it could not be looked at: it may be there</param>
public sealed record MissingSecret(SecretSource Source, string Why, bool IsUnknown);
