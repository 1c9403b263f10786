using Cake.Core;
using Cake.Core.Diagnostics;

namespace Pipeline.Cake;

/// <summary>
/// Cake's log without the errors that Cake itself writes: a failure is explained once, at the end, by us.
/// From <c>--verbosity=verbose</c> on, Cake says everything itself.
/// </summary>
internal sealed class QuietLog(IConsole console) : ICakeLog
{
    private readonly CakeBuildLog _log = new(console);
    private readonly List<string> _held = [];
    private int _speakers;

    public Verbosity Verbosity
    {
        get => _log.Verbosity;
        set => _log.Verbosity = value;
    }

    public bool IsQuiet => Verbosity < Verbosity.Verbose;

    /// <summary>What Cake would have said, for a failure that nobody else explains.</summary>
    public IReadOnlyList<string> Held => _held;

    public void Write(Verbosity verbosity, LogLevel level, string format, params object[] args)
    {
        if (IsQuiet && level <= LogLevel.Error && _speakers == 0)
        {
            _held.Add(string.Format(System.Globalization.CultureInfo.InvariantCulture, format, args));
            return;
        }

        _log.Write(verbosity, level, format, args);
    }

    /// <summary>Until the end of the scope, code of ours is running: its errors are shown.</summary>
    public IDisposable OursSpeaks()
    {
        Interlocked.Increment(ref _speakers);
        return new Scope(this);
    }

    private sealed class Scope(QuietLog log) : IDisposable
    {
        public void Dispose() => Interlocked.Decrement(ref log._speakers);
    }
}
