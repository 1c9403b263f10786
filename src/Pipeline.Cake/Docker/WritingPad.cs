using Cake.Core;
using Cake.Core.Configuration;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Core.Tooling;

namespace Pipeline.Cake.Docker;

/// <summary>A context in which a tool is not run: its command line is written down, and it is said to have succeeded.</summary>
internal sealed class WritingPad : ICakeContext, IProcessRunner
{
    private static readonly CakeEnvironment Machine = new(new CakePlatform(), new CakeRuntime());
    private static readonly FileSystem Files = new();

    /// <summary>Some file that is there: which program runs is decided elsewhere.</summary>
    public static FilePath Tool { get; } = typeof(WritingPad).Assembly.Location;

    public IReadOnlyList<string> Words { get; private set; } = [];

    public IFileSystem FileSystem => Files;

    public ICakeEnvironment Environment => Machine;

    public IGlobber Globber => field ??= new Globber(Files, Machine);

    public ICakeLog Log { get; } = new NullLog();

    public ICakeArguments Arguments => throw Unused();

    public IProcessRunner ProcessRunner => this;

    public IRegistry Registry => throw Unused();

    public IToolLocator Tools => field ??= new ToolLocator(Machine, new ToolRepository(Machine), new ToolResolutionStrategy(Files, Machine, Globber, Settings, Log));

    public ICakeDataResolver Data => throw Unused();

    public ICakeConfiguration Configuration => Settings;

    private static CakeConfiguration Settings { get; } = new(new Dictionary<string, string>());

    public IProcess Start(FilePath filePath, ProcessSettings settings)
    {
        Words = WrittenWords.Split(settings.Arguments.Render());
        return new Ended();
    }

    private static NotSupportedException Unused() => new("Only a command line is written here.");

    private sealed class Ended : IProcess
    {
        public void Dispose()
        {
        }

        public void WaitForExit()
        {
        }

        public bool WaitForExit(int milliseconds) => true;

        public int GetExitCode() => 0;

        public IEnumerable<string> GetStandardError() => [];

        public IEnumerable<string> GetStandardOutput() => [];

        public void Kill()
        {
        }
    }
}
