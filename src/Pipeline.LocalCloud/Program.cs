using System.Runtime.InteropServices;
using Pipeline.LocalCloud;

try
{
    var (options, readyFile) = CommandLine.Parse(args);
    OwnSession.Enter();
    using var hangUp = OperatingSystem.IsWindows() ? null : PosixSignalRegistration.Create(PosixSignal.SIGHUP, signal => signal.Cancel = true);
    await using var server = await CloudServer.Start(options, CancellationToken.None);
    using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Stop);
    using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Stop);
    if (readyFile is not null)
    {
        ReadyFile.Write(readyFile, server);
    }

    Console.WriteLine($"The embedded cloud listens on {server.Endpoint}");
    await server.StopRequested;
    return 0;

    void Stop(PosixSignalContext signal)
    {
        signal.Cancel = true;
        server.RequestStop();
    }
}
catch (StartFailure failure)
{
    Console.Error.WriteLine(failure.Message);
    return 1;
}
catch (Exception unexpected)
{
    Console.Error.WriteLine(unexpected);
    return 1;
}
