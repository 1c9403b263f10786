using System.Text;
using Pipeline.Changes;
using Pipeline.Outcomes;

namespace Pipeline.Versions;

/// <summary>Who has git's commit-msg hook.</summary>
public enum HookOwner
{
    /// <summary>Nobody.</summary>
    Nobody,

    /// <summary>This pipeline, as it is now.</summary>
    Pipeline,

    /// <summary>An older pipeline, or it cannot be started.</summary>
    Outdated,

    /// <summary>Somebody else: it is never touched.</summary>
    SomebodyElse,

    /// <summary>The folder of hooks is not this repository's, so others would get it, too.</summary>
    OtherFolder,
}

/// <summary>The hook that looks at a message before it is committed.</summary>
/// <param name="Owner">whose hook is there</param>
/// <param name="File">its path, wherever <c>core.hooksPath</c> puts it</param>
public sealed record CommitHook(HookOwner Owner, string File)
{
    /// <summary>What installs it.</summary>
    public const string Command = "./build.sh --target=Doctor --install-hook";

    private const string Mark = "# The pipeline's commit-msg hook";

    // It must cost a commit next to nothing and never stop one for a reason of its own: it starts the newest host that is compiled, and compiles none.
    private const string Script = $$"""
        #!/bin/sh
        {{Mark}}: reads the message as the next release will. Installed by {{Command}}
        # Once without it: git commit --no-verify
        top=$(git rev-parse --show-toplevel) && folder=$(git rev-parse --git-common-dir) || exit 0
        case $1 in
          /*) message=$1 ;;
          *) message=$PWD/$1 ;;
        esac
        for home in "$top" "$(dirname "$folder")"; do
          # shellcheck disable=SC2012 # the names are hashes
          host=$(ls -1dt "$home"/.pipeline/host/*/Build.dll 2>/dev/null | head -n 1)
          [ -z "$host" ] || break
        done
        if [ -z "$host" ] || ! command -v dotnet >/dev/null; then
          echo "The message was not looked at: the pipeline is not compiled here yet (./build.sh --help compiles it)." >&2
          exit 0
        fi
        PIPELINE_ROOT=$top dotnet "$host" --target=Release --message="$message" >&2
        # 1 says that the message would be dropped or misread; anything else is no fault of the commit.
        [ $? -ne 1 ]

        """;

    /// <summary>The line that a hook of somebody else calls it with.</summary>
    public static string Line => "./build.sh --target=Release --message=\"$1\" || exit 1";

    /// <summary>Looks, and changes nothing.</summary>
    public static async Task<CommitHook> Find(string root, CancellationToken cancel)
    {
        var answer = await new Git(root).Run(["rev-parse", "--git-path", "hooks/commit-msg", "--git-common-dir"], cancel).ConfigureAwait(false);
        var paths = Encoding.UTF8.GetString(answer).Split('\n');
        var (file, common) = (Path.GetFullPath(paths[0], root), Path.GetFullPath(paths[1], root));
        return new(Owns(file, root, common), file);
    }

    /// <summary>Puts it there, unless somebody else's is there.</summary>
    /// <exception cref="PipelineException">there is one of somebody else, or the folder is not this repository's (3)</exception>
    public async Task<CommitHook> Install(CancellationToken cancel)
    {
        if (Owner is HookOwner.SomebodyElse or HookOwner.OtherFolder)
        {
            throw new PipelineException(ExitCode.Refused, Owner == HookOwner.SomebodyElse ? $"REFUSED: {File} is somebody else's, and stays as it is." : $"REFUSED: {Path.GetDirectoryName(File)} (core.hooksPath) is not this repository's folder.",
                new Detail("next", $"let that hook call the check, with the line: {Line}"));
        }

        Directory.CreateDirectory(Path.GetDirectoryName(File)!);
        // A hook that is put there at this moment is not overwritten either.
        await using (var stream = new FileStream(File, Owner == HookOwner.Nobody ? FileMode.CreateNew : FileMode.Create, FileAccess.Write))
        {
            await stream.WriteAsync(Encoding.UTF8.GetBytes(Script), cancel).ConfigureAwait(false);
        }

        if (!OperatingSystem.IsWindows())
        {
            System.IO.File.SetUnixFileMode(File, (UnixFileMode)0b111_101_101);
        }

        return this with { Owner = HookOwner.Pipeline };
    }

    private static HookOwner Owns(string file, string root, string common)
    {
        if (!IsBelow(file, root) && !IsBelow(file, common))
        {
            return HookOwner.OtherFolder;
        }

        if (!Path.Exists(file) && new FileInfo(file).LinkTarget is null)
        {
            return HookOwner.Nobody;
        }

        var text = System.IO.File.Exists(file) ? System.IO.File.ReadAllText(file) : "";
        return !text.Contains(Mark, StringComparison.Ordinal) ? HookOwner.SomebodyElse
            : text == Script && (OperatingSystem.IsWindows() || System.IO.File.GetUnixFileMode(file).HasFlag(UnixFileMode.UserExecute)) ? HookOwner.Pipeline
            : HookOwner.Outdated;
    }

    private static bool IsBelow(string file, string folder) => file.StartsWith(Path.TrimEndingDirectorySeparator(folder) + Path.DirectorySeparatorChar, StringComparison.Ordinal);
}
