using System.Globalization;
using System.Text;
using Cake.Core;
using Cake.Core.Diagnostics;
using Cake.Core.IO;
using Cake.Frosting;
using Microsoft.Extensions.DependencyInjection;

namespace Pipeline.Tests.Frosting;

/// <summary>What tasks and lifetimes of a test write down.</summary>
public sealed class Journal
{
    public List<string> Lines { get; } = [];

    public void Add(string line) => Lines.Add(line);
}

/// <summary>The real host, with the console, the log and the environment of one test.</summary>
internal sealed class HostRun
{
    public CakeHost Host { get; } = new();

    public Journal Journal { get; } = new();

    public RecordingLog Log { get; } = new();

    public RecordingConsole Console { get; } = new();

    public OwnEnvironment Environment { get; } = new();

    public HostRun() => Host.ConfigureServices(services => services
        .AddSingleton(Journal)
        .AddSingleton<ICakeLog>(Log)
        .AddSingleton<IConsole>(Console)
        .AddSingleton<ICakeEnvironment>(Environment));

    public HostRun Task<T>()
        where T : class, IFrostingTask
    {
        Host.ConfigureServices(services => services.AddSingleton<IFrostingTask, T>());
        return this;
    }

    public int Run(params string[] args) => Host.Run(args);
}

internal sealed class RecordingLog : ICakeLog
{
    public Verbosity Verbosity { get; set; } = Verbosity.Normal;

    public List<(LogLevel Level, string Text)> Lines { get; } = [];

    public IEnumerable<string> Errors => Lines.Where(line => line.Level <= LogLevel.Error).Select(line => line.Text);

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args) =>
        Lines.Add((level, string.Format(CultureInfo.InvariantCulture, format, args)));
}

internal sealed class RecordingConsole : IConsole
{
    private readonly StringBuilder _text = new();

    public string Text => _text.ToString();

    public ConsoleColor ForegroundColor { get; set; }

    public ConsoleColor BackgroundColor { get; set; }

    public bool SupportAnsiEscapeCodes => false;

    public void Write(string format, params object[] arg) => _text.AppendFormat(CultureInfo.InvariantCulture, format, arg);

    public void Write(string value) => _text.Append(value);

    public void WriteLine(string format, params object[] arg) => _text.AppendFormat(CultureInfo.InvariantCulture, format, arg).Append('\n');

    public void WriteLine(string value) => _text.Append(value).Append('\n');

    public void WriteError(string format, params object[] arg) => Write(format, arg);

    public void WriteError(string value) => Write(value);

    public void WriteErrorLine(string format, params object[] arg) => WriteLine(format, arg);

    public void WriteErrorLine(string value) => WriteLine(value);

    public void ResetColor()
    {
    }
}

/// <summary>Cake's own would move the working directory of the process that runs all the tests.</summary>
internal sealed class OwnEnvironment : ICakeEnvironment
{
    public DirectoryPath WorkingDirectory { get; set; } = TestContext.CurrentContext.TestDirectory;

    public DirectoryPath UserHomeDirectory => WorkingDirectory;

    public DirectoryPath ApplicationRoot => WorkingDirectory;

    public ICakePlatform Platform { get; } = new CakePlatform();

    public ICakeRuntime Runtime { get; } = new CakeRuntime();

    public DirectoryPath GetSpecialPath(SpecialPath path) => WorkingDirectory;

    public string? GetEnvironmentVariable(string variable) => null;

    public IDictionary<string, string> GetEnvironmentVariables() => new Dictionary<string, string>();
}
