using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>A person with a long-lived key.</summary>
internal sealed record User(string Name, string AccessKeyId, string SecretAccessKey)
{
    public Caller Caller => new(Account.Id, $"arn:aws:iam::{Account.Id}:user/{Name}", Identities.UniqueId("AIDA", Name));
}

/// <summary>What a key opens: the secret that its signatures are checked with and who signs with it.</summary>
internal sealed record Credential(string Secret, Caller Caller);

/// <summary>
/// Everybody who may call: <c>test</c>/<c>test</c> is the developer, further users have generated secrets, and sessions (assumed roles, tasks)
/// carry everything in their token, so that they survive a restart without being stored.
/// </summary>
internal sealed partial class Identities
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly string _file;
    private readonly SessionTokens _tokens;
    private readonly Lock _lock = new();
    private Book _book;

    public Identities(string folder, TimeProvider time)
    {
        _file = Path.Combine(folder, "identities.json");
        _book = File.Exists(_file)
            ? JsonSerializer.Deserialize<Book>(File.ReadAllText(_file), Json)!
            : Save(new Book(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), []));
        _tokens = new SessionTokens(Convert.FromBase64String(_book.MasterKey), time);
    }

    public IReadOnlyList<User> Users => [new User(Account.Developer, "test", "test"), .. _book.Users];

    /// <summary>The user of that name, made when there is none yet.</summary>
    /// <exception cref="AwsException">the name is not one IAM would take</exception>
    public User GetOrAdd(string name)
    {
        if (!UserName().IsMatch(name))
        {
            throw new AwsException("ValidationError", $"The user name '{name}' must have 1 to 64 letters, digits or characters of +=,.@_-");
        }

        lock (_lock)
        {
            if (Users.FirstOrDefault(u => string.Equals(u.Name, name, StringComparison.OrdinalIgnoreCase)) is { } known)
            {
                return known;
            }

            var user = new User(name, "AKIA" + Random(16), Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)));
            _book = Save(_book with { Users = [.. _book.Users, user] });
            return user;
        }
    }

    /// <summary>Credentials of a task: its role's, for as long as the task lives.</summary>
    public SessionCredentials IssueForTask(string roleArn, string taskId) => _tokens.Issue(roleArn, taskId, lifetime: null);

    public SessionCredentials Assume(string roleArn, string sessionName, TimeSpan lifetime) => _tokens.Issue(roleArn, sessionName, lifetime);

    /// <exception cref="SignatureFailure">nobody has that key, or its session is not valid</exception>
    public Credential Find(string accessKeyId, string? sessionToken)
    {
        if (sessionToken is { Length: > 0 })
        {
            return _tokens.Open(accessKeyId, sessionToken);
        }

        var user = Users.FirstOrDefault(u => u.AccessKeyId == accessKeyId)
            ?? throw new SignatureFailure(SignatureFault.UnknownKey, "The security token included in the request is invalid.");
        return new Credential(user.SecretAccessKey, user.Caller);
    }

    /// <summary>An id in IAM's form that is always the same for the same name.</summary>
    internal static string UniqueId(string prefix, string name) => prefix + Base32(SHA256.HashData(Encoding.UTF8.GetBytes(name)), 17);

    internal static string Random(int length) => Base32(RandomNumberGenerator.GetBytes(length), length);

    private static string Base32(ReadOnlySpan<byte> bytes, int length)
    {
        var text = new StringBuilder(length);
        foreach (var b in bytes[..length])
        {
            text.Append("ABCDEFGHIJKLMNOPQRSTUVWXYZ234567"[b & 31]);
        }

        return text.ToString();
    }

    private Book Save(Book book)
    {
        var draft = _file + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        using (var file = new FileStream(draft, options))
        {
            JsonSerializer.Serialize(file, book, Json);
            file.Flush(flushToDisk: true);
        }

        File.Move(draft, _file, overwrite: true);
        return book;
    }

    [GeneratedRegex(@"^[\w+=,.@-]{1,64}\z", RegexOptions.CultureInvariant)]
    private static partial Regex UserName();

    /// <param name="MasterKey">base64; session tokens are sealed with it</param>
    private sealed record Book(string MasterKey, IReadOnlyList<User> Users);
}
