using System.Text;

namespace Pipeline.Cake.Docker;

/// <summary>A command line as .NET takes it apart: blanks part words, quotes hold them together, a backslash is one unless quotes follow.</summary>
internal static class WrittenWords
{
    public static IReadOnlyList<string> Split(string line)
    {
        var words = new List<string>();
        var word = new StringBuilder();
        var (quoted, begun) = (false, false);
        for (var at = 0; at < line.Length; at++)
        {
            var backslashes = line.AsSpan(at).IndexOfAnyExcept('\\') is var count and >= 0 ? count : line.Length - at;
            var isQuote = at + backslashes < line.Length && line[at + backslashes] == '"';
            if (backslashes > 0)
            {
                begun = true;
                word.Append('\\', isQuote ? backslashes / 2 : backslashes);
                at += backslashes - 1;
                if (isQuote && backslashes % 2 == 1)
                {
                    word.Append('"');
                    at++;
                }
            }
            else if (isQuote)
            {
                (quoted, begun) = (!quoted, true);
            }
            else if (line[at] == ' ' && !quoted)
            {
                End();
            }
            else
            {
                word.Append(line[at]);
                begun = true;
            }
        }

        End();
        return words;

        void End()
        {
            if (begun)
            {
                words.Add(word.ToString());
            }

            word.Clear();
            begun = false;
        }
    }
}
