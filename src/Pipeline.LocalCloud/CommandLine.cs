using System.Globalization;

namespace Pipeline.LocalCloud;

/// <summary>The program's options: <c>--port N --state FOLDER --time-scale F --ready-file PATH</c>.</summary>
internal static class CommandLine
{
    public const int DefaultPort = 4510;

    /// <exception cref="StartFailure">an option is unknown or its value is not usable</exception>
    public static (CloudOptions Options, string? ReadyFile) Parse(IReadOnlyList<string> args)
    {
        var options = new CloudOptions(DefaultPort, null);
        string? readyFile = null;
        for (var i = 0; i < args.Count; i += 2)
        {
            var value = i + 1 < args.Count ? args[i + 1] : throw new StartFailure($"The option '{args[i]}' needs a value.");
            switch (args[i])
            {
                case "--port":
                    options = options with { Port = int.TryParse(value, NumberStyles.None, CultureInfo.InvariantCulture, out var port) && port <= 65535 ? port : throw Unusable("a port number from 0 to 65535") };
                    break;
                case "--state":
                    options = options with { StateFolder = Path.GetFullPath(value) };
                    break;
                case "--time-scale":
                    options = options with { TimeScale = double.TryParse(value, NumberStyles.Float, CultureInfo.InvariantCulture, out var scale) && scale is > 0 and <= 1000 ? scale : throw Unusable("a number above 0, at most 1000") };
                    break;
                case "--ready-file":
                    readyFile = Path.GetFullPath(value);
                    break;
                default:
                    throw new StartFailure($"Unknown option '{args[i]}'. The embedded cloud knows --port, --state, --time-scale and --ready-file.");
            }

            StartFailure Unusable(string expected) => new($"The option '{args[i]}' takes {expected}, not '{value}'.");
        }

        return (options, readyFile);
    }
}
