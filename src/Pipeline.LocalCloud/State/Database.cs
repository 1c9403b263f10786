using System.Collections.Concurrent;
using System.Text.Json;
using Microsoft.Data.Sqlite;

namespace Pipeline.LocalCloud.State;

/// <summary>What the cloud remembers across restarts, also after a kill: one SQLite file, one row a record, written before the caller goes on.</summary>
internal sealed class Database : IDisposable
{
    private static readonly JsonSerializerOptions Json = new(JsonSerializerDefaults.Web);
    private readonly SqliteConnection _connection;
    private readonly FileStream _owner;
    private readonly bool _isTemporary;
    private readonly Lock _lock = new();

    /// <param name="folder">the cloud's state folder; <c>null</c> keeps everything in memory and a temporary folder</param>
    /// <exception cref="StartFailure">another cloud uses the folder</exception>
    public Database(string? folder)
    {
        _isTemporary = folder is null;
        Folder = folder ?? Directory.CreateTempSubdirectory("cloud-").FullName;
        CreatePrivate(Folder);
        _owner = Own(Folder);
        _connection = new SqliteConnection($"Data Source={(folder is null ? ":memory:" : Path.Combine(folder, "state.db"))};Pooling=False");
        _connection.Open();
        Execute("PRAGMA journal_mode=WAL");
        Execute("PRAGMA synchronous=NORMAL");
        Execute("CREATE TABLE IF NOT EXISTS record (collection TEXT NOT NULL, key TEXT NOT NULL, value TEXT NOT NULL, PRIMARY KEY (collection, key)) WITHOUT ROWID");
    }

    /// <summary>Where rooms keep what is too large for a record: objects, layers, database clusters.</summary>
    public string Folder { get; }

    public Table<T> Table<T>(string collection) where T : class
    {
        var rows = new ConcurrentDictionary<string, T>(StringComparer.Ordinal);
        lock (_lock)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = "SELECT key, value FROM record WHERE collection = $collection";
            command.Parameters.AddWithValue("$collection", collection);
            using var reader = command.ExecuteReader();
            while (reader.Read())
            {
                rows[reader.GetString(0)] = JsonSerializer.Deserialize<T>(reader.GetString(1), Json)!;
            }
        }

        return new Table<T>(this, collection, rows);
    }

    internal void Save(string collection, string key, object value) =>
        Execute("INSERT OR REPLACE INTO record VALUES ($collection, $key, $value)",
            ("$collection", collection), ("$key", key), ("$value", JsonSerializer.Serialize(value, value.GetType(), Json)));

    internal void Delete(string collection, string key) =>
        Execute("DELETE FROM record WHERE collection = $collection AND key = $key", ("$collection", collection), ("$key", key));

    private void Execute(string sql, params ReadOnlySpan<(string Name, object Value)> parameters)
    {
        lock (_lock)
        {
            using var command = _connection.CreateCommand();
            command.CommandText = sql;
            foreach (var (name, value) in parameters)
            {
                command.Parameters.AddWithValue(name, value);
            }

            command.ExecuteNonQuery();
        }
    }

    public void Dispose()
    {
        lock (_lock)
        {
            _connection.Dispose();
        }

        _owner.Dispose();
        if (_isTemporary)
        {
            Directory.Delete(Folder, recursive: true);
        }
    }

    /// <summary>Secrets lie in the folder: it is nobody else's business.</summary>
    private static void CreatePrivate(string folder)
    {
        if (OperatingSystem.IsWindows())
        {
            Directory.CreateDirectory(folder);
        }
        else
        {
            Directory.CreateDirectory(folder, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        }
    }

    private static FileStream Own(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, "owner.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            throw new StartFailure($"Another embedded cloud uses the state folder '{folder}'. Stop it or choose another folder with --state.");
        }
    }
}

/// <summary>Records of one kind by key. Records are immutable: change one by putting its successor.</summary>
internal sealed class Table<T>(Database database, string collection, ConcurrentDictionary<string, T> rows) where T : class
{
    public IEnumerable<T> All => rows.Values;

    public IEnumerable<string> Keys => rows.Keys;

    public T? Find(string key) => rows.GetValueOrDefault(key);

    public void Put(string key, T value)
    {
        rows[key] = value;
        database.Save(collection, key, value);
    }

    public bool Remove(string key)
    {
        if (!rows.TryRemove(key, out _))
        {
            return false;
        }

        database.Delete(collection, key);
        return true;
    }
}
