using System.Text;

namespace Pipeline.LocalCloud.Ecs;

/// <summary>Cuts what a container writes into lines, and overlong lines into several.</summary>
internal sealed class LineSplitter(Action<string> onLine)
{
    private const int LongestLine = 64 * 1024;
    private readonly StringBuilder _line = new();

    public void Append(ReadOnlySpan<char> text)
    {
        foreach (var c in text)
        {
            if (c == '\n' || _line.Length == LongestLine)
            {
                onLine(_line.ToString().TrimEnd('\r'));
                _line.Clear();
            }

            if (c != '\n')
            {
                _line.Append(c);
            }
        }
    }

    public void End()
    {
        if (_line.Length > 0)
        {
            onLine(_line.ToString());
        }
    }
}
