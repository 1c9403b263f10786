using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using System.Text.RegularExpressions;
using Pipeline.LocalCloud.Protocols;

namespace Pipeline.LocalCloud.Identity;

/// <summary>A person, with at most two long-lived keys.</summary>
internal sealed record User(string Name, DateTimeOffset Created)
{
    public const int MostKeys = 2;

    public IReadOnlyList<AccessKey> Keys { get; init; } = [];

    public Caller Caller => new(Account.Id, $"arn:aws:iam::{Account.Id}:user/{Name}", Identities.UniqueId("AIDA", Name));
}

/// <summary>A long-lived key.</summary>
internal sealed record AccessKey(string Id, string Secret, DateTimeOffset Created);

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
    private readonly TimeProvider _time;
    private readonly Lock _lock = new();
    private Book _book;

    public Identities(string folder, TimeProvider time)
    {
        _time = time;
        _file = Path.Combine(folder, "identities.json");
        _book = File.Exists(_file)
            ? JsonSerializer.Deserialize<Book>(File.ReadAllText(_file), Json)!
            : Save(new Book(Convert.ToBase64String(RandomNumberGenerator.GetBytes(32)), []));
        _tokens = new SessionTokens(Convert.FromBase64String(_book.MasterKey), time);
    }

    public IReadOnlyList<User> Users => [new User(Account.Developer, DateTimeOffset.UnixEpoch) { Keys = [new AccessKey("test", "test", DateTimeOffset.UnixEpoch)] }, .. _book.Users];

    /// <summary>The user of that name, with a key, made when there is none yet.</summary>
    /// <exception cref="AwsException">the name is not one IAM would take</exception>
    public User GetOrAdd(string name)
    {
        lock (_lock)
        {
            var user = Find(name) ?? Add(name);
            return user.Keys.Count > 0 ? user : Change(user with { Keys = [NewKey()] });
        }
    }

    /// <exception cref="AwsException">there is one already, or the name is not one IAM would take</exception>
    public User Create(string name)
    {
        lock (_lock)
        {
            return Find(name) is null ? Add(name) : throw new AwsException("EntityAlreadyExists", $"User with name {name} already exists.", 409);
        }
    }

    /// <exception cref="AwsException">there is no such user</exception>
    public User Get(string name) => Find(name) ?? throw new AwsException("NoSuchEntity", $"The user with name {name} cannot be found.", 404);

    /// <exception cref="AwsException">there is no such user, it has keys, or it is the developer</exception>
    public void Delete(string name)
    {
        lock (_lock)
        {
            var user = Changeable(name);
            if (user.Keys.Count > 0)
            {
                throw new AwsException("DeleteConflict", "Cannot delete entity, must delete access keys first.", 409);
            }

            _book = Save(_book with { Users = [.. _book.Users.Where(u => u.Name != user.Name)] });
        }
    }

    /// <exception cref="AwsException">there is no such user, or it has two keys</exception>
    public AccessKey AddKey(string name)
    {
        lock (_lock)
        {
            var user = Changeable(name);
            if (user.Keys.Count >= User.MostKeys)
            {
                throw new AwsException("LimitExceeded", $"Cannot exceed quota for AccessKeysPerUser: {User.MostKeys}", 409);
            }

            var key = NewKey();
            Change(user with { Keys = [.. user.Keys, key] });
            return key;
        }
    }

    /// <exception cref="AwsException">there is no such user or key</exception>
    public void RemoveKey(string name, string id)
    {
        lock (_lock)
        {
            var user = Changeable(name);
            Change(user.Keys.Any(k => k.Id == id)
                ? user with { Keys = [.. user.Keys.Where(k => k.Id != id)] }
                : throw new AwsException("NoSuchEntity", $"The Access Key with id {id} cannot be found.", 404));
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

        return Users.SelectMany(user => user.Keys.Where(key => key.Id == accessKeyId).Select(key => new Credential(key.Secret, user.Caller))).FirstOrDefault()
            ?? throw new SignatureFailure(SignatureFault.UnknownKey, "The security token included in the request is invalid.");
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

    private User? Find(string name) => Users.FirstOrDefault(u => string.Equals(u.Name, name, StringComparison.OrdinalIgnoreCase));

    private User Changeable(string name) => Get(name) is { Name: not Account.Developer } user
        ? user
        : throw new AwsException("UnmodifiableEntity", "The developer's key is built in.", 400);

    private User Add(string name)
    {
        if (!UserName().IsMatch(name))
        {
            throw new AwsException("ValidationError", $"The user name '{name}' must have 1 to 64 letters, digits or characters of +=,.@_-");
        }

        var user = new User(name, _time.GetUtcNow());
        _book = Save(_book with { Users = [.. _book.Users, user] });
        return user;
    }

    private User Change(User user)
    {
        _book = Save(_book with { Users = [.. _book.Users.Select(u => u.Name == user.Name ? user : u)] });
        return user;
    }

    private AccessKey NewKey() => new("AKIA" + Random(16), Convert.ToBase64String(RandomNumberGenerator.GetBytes(30)), _time.GetUtcNow());

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
