using System.Runtime.InteropServices;
using Pipeline.Outcomes;

namespace Pipeline.Cake;

/// <summary>
/// Ctrl-C and SIGTERM: the first cancels <see cref="Token"/>, so that what runs can end in order; a second one leaves at once.
/// </summary>
public sealed class Interrupts : IDisposable
{
    private readonly CancellationTokenSource _source = new();
    private readonly List<PosixSignalRegistration> _registrations = [];

    /// <summary>Listens until disposed.</summary>
    public Interrupts()
    {
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGINT, Received));
        _registrations.Add(PosixSignalRegistration.Create(PosixSignal.SIGTERM, Received));
    }

    /// <summary>Cancelled by the first signal.</summary>
    public CancellationToken Token => _source.Token;

    /// <inheritdoc/>
    public void Dispose()
    {
        _registrations.ForEach(registration => registration.Dispose());
        _source.Dispose();
    }

    private void Received(PosixSignalContext signal)
    {
        signal.Cancel = true;
        Interrupt();
    }

    internal void Interrupt()
    {
        if (_source.IsCancellationRequested)
        {
            Environment.Exit((int)ExitCode.Unknown);
        }

        Console.Error.WriteLine("Interrupted: ending in order; once more leaves at once.");
        _source.Cancel();
    }
}
