using Amazon.IdentityManagement.Model;
using Pipeline.Outcomes;

namespace Pipeline.Aws;

/// <summary>
/// The people of the embedded cloud on this machine: an AWS shared-credentials file with a profile for each. Their secrets are nowhere
/// else; the AWS CLI reads it through <c>AWS_SHARED_CREDENTIALS_FILE</c>.
/// </summary>
/// <param name="folder">the embedded cloud's</param>
public sealed class CloudProfiles(string folder)
{
    /// <summary>The profile of the key that everybody knows.</summary>
    public const string Developer = "developer";

    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(20);

    /// <summary>Where the file is.</summary>
    public string File { get; } = Path.Combine(folder, "credentials");

    /// <summary>The profiles that are there.</summary>
    public IReadOnlyList<string> Names => [.. Read().Keys];

    /// <summary>The key of a profile.</summary>
    /// <exception cref="PipelineException">there is no such profile (2)</exception>
    public AwsKey Demand(string profile) => Read().GetValueOrDefault(profile) ?? throw new UsageException(
        $"Profile '{profile}' (AWS_PROFILE) is nobody on the embedded cloud.",
        new Detail("known", string.Join(", ", Names)),
        new Detail("next", $"AWS_PROFILE=<one of them> and the same command again; unset AWS_PROFILE to be the developer; or name '{profile}' in gates.approval.approvers and ./build.sh --target=StartCloud"));

    /// <summary>Makes the users that have no profile yet, and writes one for each.</summary>
    /// <param name="cloud">asked as the developer, who may</param>
    /// <param name="names">of IAM users</param>
    /// <returns>those that were made</returns>
    public async Task<IReadOnlyList<string>> Ensure(AwsConnection cloud, IReadOnlyCollection<string> names, CancellationToken cancel)
    {
        var wanted = names.Where(n => n != Developer).Distinct(StringComparer.Ordinal).ToList();
        if (Missing().Count == 0 && System.IO.File.Exists(File))
        {
            return [];
        }

        // Two pipelines at once would give a person two keys and keep one.
        await using var only = await Only(cancel).ConfigureAwait(false);
        var made = Missing();
        var profiles = new Dictionary<string, AwsKey>(Read()) { [Developer] = AwsKey.EmbeddedCloudDeveloper };
        foreach (var name in made)
        {
            profiles[name] = await NewKey(cloud, name, cancel).ConfigureAwait(false);
        }

        Write(profiles);
        return made;

        List<string> Missing() => [.. wanted.Except(Read().Keys)];
    }

    /// <summary>Whatever keys a user had are taken away: nobody has their secrets any more.</summary>
    private static async Task<AwsKey> NewKey(AwsConnection cloud, string name, CancellationToken cancel)
    {
        if (cloud.Endpoint is null)
        {
            throw new InvalidOperationException("Users are made on the embedded cloud only.");
        }

        try
        {
            await cloud.Ask($"make user '{name}'", () => cloud.Iam.CreateUserAsync(new CreateUserRequest { UserName = name }, cancel), cancel).ConfigureAwait(false);
        }
        catch (AwsRefusedException e) when (e.Code is "EntityAlreadyExists" or "EntityAlreadyExistsException")
        {
            var old = await cloud.Ask($"list the keys of user '{name}'", () => cloud.Iam.ListAccessKeysAsync(new ListAccessKeysRequest { UserName = name }, cancel), cancel).ConfigureAwait(false);
            foreach (var key in old.AccessKeyMetadata ?? [])
            {
                await cloud.Ask($"delete a key of user '{name}'", () => cloud.Iam.DeleteAccessKeyAsync(new DeleteAccessKeyRequest { UserName = name, AccessKeyId = key.AccessKeyId }, cancel), cancel).ConfigureAwait(false);
            }
        }

        var made = await cloud.Ask($"make a key for user '{name}'", () => cloud.Iam.CreateAccessKeyAsync(new CreateAccessKeyRequest { UserName = name }, cancel), cancel).ConfigureAwait(false);
        return new AwsKey(made.AccessKey.AccessKeyId, made.AccessKey.SecretAccessKey);
    }

    private Dictionary<string, AwsKey> Read()
    {
        var profiles = new Dictionary<string, AwsKey>(StringComparer.Ordinal);
        if (!System.IO.File.Exists(File))
        {
            return profiles;
        }

        string? profile = null;
        string? id = null;
        foreach (var line in System.IO.File.ReadLines(File).Select(l => l.Trim()))
        {
            var (name, value) = line.Split('=', 2) is [var before, var after] ? (before.Trim(), after.Trim()) : (line, "");
            switch (name)
            {
                case ['[', .. var called, ']']:
                    (profile, id) = (called, null);
                    break;
                case "aws_access_key_id":
                    id = value;
                    break;
                case "aws_secret_access_key" when profile is not null && id is not null:
                    profiles[profile] = new AwsKey(id, value);
                    break;
            }
        }

        return profiles;
    }

    private void Write(IReadOnlyDictionary<string, AwsKey> profiles)
    {
        var draft = File + ".tmp";
        var options = new FileStreamOptions { Mode = FileMode.Create, Access = FileAccess.Write };
        if (!OperatingSystem.IsWindows())
        {
            options.UnixCreateMode = UnixFileMode.UserRead | UnixFileMode.UserWrite;
        }

        System.IO.File.Delete(draft);
        using (var file = new StreamWriter(draft, options))
        {
            file.NewLine = "\n";
            file.WriteLine("# People of the embedded cloud on this machine. It means nothing anywhere else.");
            foreach (var (name, key) in profiles)
            {
                file.WriteLine($"[{name}]\naws_access_key_id = {key.Id}\naws_secret_access_key = {key.Secret}\n");
            }
        }

        System.IO.File.Move(draft, File, overwrite: true);
    }

    private async Task<FileStream> Only(CancellationToken cancel)
    {
        Directory.CreateDirectory(folder);
        var watch = System.Diagnostics.Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return new FileStream(Path.Combine(folder, "credentials.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            }
            catch (IOException) when (watch.Elapsed < Patience)
            {
                await Task.Delay(50, cancel).ConfigureAwait(false);
            }
        }
    }
}
