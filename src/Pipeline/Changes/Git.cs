using System.Diagnostics;
using System.Runtime.CompilerServices;
using System.Text;
using Pipeline.Outcomes;

namespace Pipeline.Changes;

/// <summary>
/// Runs git's plumbing. Not through ChildProcess: paths are bytes, ended by NUL, and may hold any character, so lines and decoded text would corrupt them.
/// </summary>
/// <param name="Root">the repository's top folder</param>
internal sealed record Git(string Root)
{
    /// <summary>A git hook that starts the pipeline hands these down; they would point git elsewhere.</summary>
    private static readonly string[] Inherited = ["GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_PREFIX", "GIT_OBJECT_DIRECTORY", "GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_COMMON_DIR", "GIT_NAMESPACE"];

    /// <summary>Variables for the children, e.g. another index.</summary>
    public IReadOnlyDictionary<string, string> Variables { get; init; } = new Dictionary<string, string>();

    /// <summary>Runs and answers the output.</summary>
    /// <exception cref="PipelineException">git failed; the sentence holds what it said</exception>
    public async Task<byte[]> Run(IReadOnlyList<string> arguments, CancellationToken cancel)
    {
        var answer = await Try(arguments, [], cancel).ConfigureAwait(false);
        return answer.ExitCode == 0 ? answer.Output : throw Failure(arguments, answer);
    }

    /// <summary>The commit that a name stands for, full hash; <c>null</c>: there is none.</summary>
    public async Task<string?> Commit(string name, CancellationToken cancel) =>
        await Try(["rev-parse", "--verify", "--quiet", "--end-of-options", $"{name}^{{commit}}"], [], cancel).ConfigureAwait(false) is { ExitCode: 0 } answer
            ? Encoding.ASCII.GetString(answer.Output).Trim().Split('\n')[^1]
            : null;

    public static PipelineException Failure(IReadOnlyList<string> arguments, GitAnswer answer) =>
        new(ExitCode.Failed, $"git {arguments[0]} failed: {answer.Said}", new Detail("next", $"git {string.Join(' ', arguments)}"));

    /// <summary>Runs and answers whatever the exit code.</summary>
    /// <exception cref="UsageException">there is no git on this machine</exception>
    public async Task<GitAnswer> Try(IReadOnlyList<string> arguments, byte[] input, CancellationToken cancel)
    {
        using var process = Start(arguments);
        try
        {
            var error = process.StandardError.ReadToEndAsync(cancel);
            var feed = Feed(process, input, cancel);
            using var output = new MemoryStream();
            await process.StandardOutput.BaseStream.CopyToAsync(output, 1 << 16, cancel).ConfigureAwait(false);
            await feed.ConfigureAwait(false);
            var said = await error.ConfigureAwait(false);
            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            return new GitAnswer(process.ExitCode, output.ToArray(), said);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }

    /// <summary>Runs and answers what is read from the output as it comes: it may be larger than memory.</summary>
    /// <exception cref="PipelineException">git failed; thrown after the last element</exception>
    public async IAsyncEnumerable<T> Stream<T>(IReadOnlyList<string> arguments, Func<Stream, IAsyncEnumerable<T>> read, [EnumeratorCancellation] CancellationToken cancel)
    {
        // Into a pipe git would write each record by itself, and whoever reads would wake up for each.
        using var process = (this with { Variables = new Dictionary<string, string>(Variables) { ["GIT_FLUSH"] = "0" } }).Start(arguments);
        try
        {
            process.StandardInput.Close();
            var error = process.StandardError.ReadToEndAsync(cancel);
            await foreach (var element in read(process.StandardOutput.BaseStream).WithCancellation(cancel).ConfigureAwait(false))
            {
                yield return element;
            }

            await process.WaitForExitAsync(cancel).ConfigureAwait(false);
            if (process.ExitCode != 0)
            {
                throw Failure(arguments, new GitAnswer(process.ExitCode, [], await error.ConfigureAwait(false)));
            }
        }
        finally
        {
            if (!process.HasExited)
            {
                process.Kill(entireProcessTree: true);
            }
        }
    }

    /// <summary>Starts it with all three streams redirected.</summary>
    /// <exception cref="UsageException">there is no git on this machine</exception>
    public Process Start(IReadOnlyList<string> arguments)
    {
        var start = new ProcessStartInfo("git")
        {
            WorkingDirectory = Root,
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
        };
        foreach (var argument in arguments)
        {
            start.ArgumentList.Add(argument);
        }

        foreach (var name in Inherited)
        {
            start.Environment.Remove(name);
        }

        // No index refresh behind the user's back, no questions, no replaced objects, sentences that we can quote.
        start.Environment["GIT_OPTIONAL_LOCKS"] = "0";
        start.Environment["GIT_TERMINAL_PROMPT"] = "0";
        start.Environment["GIT_NO_REPLACE_OBJECTS"] = "1";
        start.Environment["LC_ALL"] = "C";
        foreach (var (name, value) in Variables)
        {
            start.Environment[name] = value;
        }

        try
        {
            return Process.Start(start)!;
        }
        catch (System.ComponentModel.Win32Exception)
        {
            throw new UsageException("Cannot tell what changed: there is no 'git' on PATH.", new Detail("next", "install git 2.25 or newer"));
        }
    }

    private static async Task Feed(Process process, byte[] input, CancellationToken cancel)
    {
        try
        {
            await process.StandardInput.BaseStream.WriteAsync(input, cancel).ConfigureAwait(false);
            process.StandardInput.Close();
        }
        catch (IOException)
        {
            // It ended without reading everything: its exit code says why.
        }
    }
}

/// <summary>What git answered.</summary>
internal sealed record GitAnswer(int ExitCode, byte[] Output, string Error)
{
    /// <summary>Its first line of complaint.</summary>
    public string Said => Error.Split('\n').Select(l => l.Trim()).FirstOrDefault(l => l.Length > 0) is { } line ? line : $"exit code {ExitCode}";
}
