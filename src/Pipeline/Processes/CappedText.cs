using System.Globalization;
using System.Text;

namespace Pipeline.Processes;

/// <summary>Keeps the beginning and the end of a text of any length in bounded memory.</summary>
internal sealed class CappedText(int capacity)
{
    private readonly int _half = Math.Max(1, capacity / 2);
    private readonly StringBuilder _head = new();
    private readonly Lock _lock = new();
    private char[] _tail = [];
    private long _tailWritten;

    public void Append(ReadOnlySpan<char> text)
    {
        lock (_lock)
        {
            var toHead = Math.Min(text.Length, _half - _head.Length);
            _head.Append(text[..toHead]);
            AppendTail(text[toHead..]);
        }
    }

    /// <summary>What was kept, and how many characters are missing in its middle.</summary>
    public (string Text, long Dropped) Read(SecretMask secrets)
    {
        lock (_lock)
        {
            var dropped = Math.Max(0, _tailWritten - _half);
            if (dropped == 0)
            {
                return (secrets.Apply(_head + new string(_tail.AsSpan(0, (int)_tailWritten))), 0);
            }

            var start = (int)(_tailWritten % _half);
            var tail = secrets.Apply(string.Concat(_tail.AsSpan(start), _tail.AsSpan(0, start)));
            var head = secrets.Apply(_head.ToString());
            // A secret that the gap cut in two is no longer recognised: leave out as much as could belong to one.
            var margin = Math.Max(0, secrets.Longest - 1);
            head = head[..^Math.Min(margin, head.Length)];
            tail = tail[Math.Min(margin, tail.Length)..];
            dropped += 2L * margin;
            return (string.Create(CultureInfo.InvariantCulture, $"{head}\n… {dropped} characters dropped …\n{tail}"), dropped);
        }
    }

    private void AppendTail(ReadOnlySpan<char> text)
    {
        if (text.Length > _half)
        {
            _tailWritten += text.Length - _half;
            text = text[^_half..];
        }

        while (text.Length > 0)
        {
            var at = (int)(_tailWritten % _half);
            Grow(at + text.Length);
            var part = text[..Math.Min(text.Length, _tail.Length - at)];
            part.CopyTo(_tail.AsSpan(at));
            _tailWritten += part.Length;
            text = text[part.Length..];
        }
    }

    private void Grow(int needed)
    {
        if (_tail.Length < _half && _tail.Length < needed)
        {
            Array.Resize(ref _tail, Math.Min(_half, Math.Max(needed, _tail.Length * 2)));
        }
    }
}
