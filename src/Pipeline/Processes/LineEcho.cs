using System.Text;

namespace Pipeline.Processes;

/// <summary>Cuts a stream of characters into lines for <see cref="Command.OnLine"/>.</summary>
internal sealed class LineEcho(Command command, Lock oneAtATime)
{
    private const int LongestLine = 16 * 1024;
    private readonly StringBuilder _line = new();
    private readonly int _limit = LongestLine + command.Secrets.Longest;

    /// <summary>What the callback threw, if it did; it is not called again.</summary>
    public Exception? Failure { get; private set; }

    public void Append(ReadOnlySpan<char> text)
    {
        if (command.OnLine is null || Failure is not null)
        {
            return;
        }

        while (text.IndexOf('\n') is var end and >= 0)
        {
            Keep(text[..end]);
            Flush();
            text = text[(end + 1)..];
        }

        Keep(text);
    }

    public void End()
    {
        if (_line.Length > 0)
        {
            Flush();
        }
    }

    private void Keep(ReadOnlySpan<char> text) => _line.Append(text[..Math.Min(text.Length, Math.Max(0, _limit - _line.Length))]);

    private void Flush()
    {
        var line = TerminalText.Echo(command.Secrets.Apply(_line.ToString()));
        _line.Clear();
        lock (oneAtATime)
        {
            try
            {
                if (Failure is null)
                {
                    command.OnLine!(line);
                }
            }
#pragma warning disable CA1031 // Whatever it is: the pipe must be read on, or the child hangs; it is thrown when the child has ended.
            catch (Exception e)
#pragma warning restore CA1031
            {
                Failure = e;
            }
        }
    }
}
