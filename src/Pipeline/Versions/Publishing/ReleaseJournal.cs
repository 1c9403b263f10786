using System.Text.Json;
using Pipeline.Outcomes;

namespace Pipeline.Versions.Publishing;

/// <summary>
/// The release of a branch that is under way in this clone, or that waits for its push. In git's own folder: it survives <c>git clean</c>, is never
/// committed, and every work tree of the clone sees it. Another clone does not: between clones the remote's references decide.
/// </summary>
internal sealed class ReleaseJournal : IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);
    private static readonly JsonSerializerOptions Format = new(JsonSerializerDefaults.Web) { WriteIndented = true };
    private readonly string _file;
    private readonly FileStream _turn;

    private ReleaseJournal(string file, FileStream turn) => (_file, _turn) = (file, turn);

    /// <summary>Opens it for one process at a time; the system gives the turn back when a process dies.</summary>
    /// <param name="folder">git's own, of all work trees</param>
    /// <param name="branch">whose release it is</param>
    /// <exception cref="PipelineException">another process has had the turn for too long (3)</exception>
    public static async Task<ReleaseJournal> Open(string folder, string branch, CancellationToken cancel)
    {
        var own = Directory.CreateDirectory(Path.Combine(folder, "pipeline")).FullName;
        using var timer = new PeriodicTimer(TimeSpan.FromMilliseconds(100));
        for (var until = DateTime.UtcNow + Patience; ;)
        {
            try
            {
                return new ReleaseJournal(Path.Combine(own, $"release-{Uri.EscapeDataString(branch)}.json"), new FileStream(Path.Combine(own, "release.lock"), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
            }
            catch (IOException) when (DateTime.UtcNow < until)
            {
                await timer.WaitForNextTickAsync(cancel).ConfigureAwait(false);
            }
            catch (IOException)
            {
                throw new PipelineException(ExitCode.Refused, "REFUSED: another Release runs in this clone.", new Detail("next", "wait until it has ended, then the same command again"));
            }
        }
    }

    /// <summary>What was begun; <c>null</c>: nothing.</summary>
    /// <exception cref="PipelineException">it cannot be read</exception>
    public ReleaseIntent? Read()
    {
        try
        {
            return File.Exists(_file) ? JsonSerializer.Deserialize<ReleaseIntent>(File.ReadAllBytes(_file), Format) : null;
        }
        catch (JsonException e)
        {
            throw new PipelineException(ExitCode.Failed, $"{_file} cannot be read: {e.Message}", new Detail("next", "git status, git tag --points-at HEAD: see how far the release came; then delete the file, and the same command again"));
        }
    }

    public void Write(ReleaseIntent intent)
    {
        var file = $"{_file}.new";
        File.WriteAllBytes(file, JsonSerializer.SerializeToUtf8Bytes(intent, Format));
        File.Move(file, _file, overwrite: true);
    }

    /// <summary>This release is done, or taken back: the one before it is left, if there is one.</summary>
    public void Forget(ReleaseIntent? left)
    {
        if (left is null)
        {
            File.Delete(_file);
        }
        else
        {
            Write(left);
        }
    }

    public void Dispose() => _turn.Dispose();
}
