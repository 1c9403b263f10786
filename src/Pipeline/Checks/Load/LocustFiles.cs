using System.Globalization;
using System.Text;

namespace Pipeline.Checks.Load;

/// <summary>Reads the CSV files that Locust leaves. It writes them once a second: what came in the last one is not in them.</summary>
/// <param name="prefix">as given to <c>--csv</c></param>
internal sealed class LocustFiles(string prefix)
{
    private const int MostRows = 100_000;
    private const string Total = "Aggregated";

    /// <returns><c>null</c>: there are no figures, or none that can be read</returns>
    public LoadMeasurement? Read()
    {
        try
        {
            var stats = Rows("_stats.csv");
            if (stats.Find(r => r["Name"] == Total) is not { } all)
            {
                return null;
            }

            var (requests, failed) = (Whole(all, "Request Count"), Whole(all, "Failure Count"));
            return new LoadMeasurement(
                requests,
                requests - failed,
                Times(all, requests),
                Math.Max(0, Number(all, "Requests/s") - Number(all, "Failures/s")))
            {
                Failures = [.. Rows("_failures.csv").Select(r => new LoadFailure(Line(r["Error"]), Whole(r, "Occurrences"), $"{r["Method"]} {Line(r["Name"])}")).OrderByDescending(f => f.Count)],
                Kinds = [.. stats.Where(r => r != all).Select(r => new RequestTimes($"{r["Type"]} {Line(r["Name"])}", Whole(r, "Request Count"), Number(r, "Average Response Time"), null))],
                Samples = Samples(),
            };
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or KeyNotFoundException or OverflowException)
        {
            return null;
        }
    }

    /// <summary>What its script raised, each with how often.</summary>
    public IReadOnlyList<(string Message, string Traceback, long Count)> Exceptions()
    {
        try
        {
            return [.. Rows("_exceptions.csv").Select(r => (Line(r["Message"]), r["Traceback"], Whole(r, "Count")))];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or FormatException or KeyNotFoundException or OverflowException)
        {
            return [];
        }
    }

    /// <summary>Of any failure Locust counts the time as well.</summary>
    private static ResponseTimes? Times(Dictionary<string, string> row, long requests) => requests == 0 ? null : new ResponseTimes(
        requests, Number(row, "Average Response Time"), Number(row, "50%"), Number(row, "95%"), Number(row, "99%"), Number(row, "Max Response Time"));

    private List<LoadSample> Samples()
    {
        var rows = Rows("_stats_history.csv").Where(r => r["Name"] == Total && Percentile(r, "50%") is not null).ToList();
        return
        [
            .. rows.Select(r => new LoadSample(
                Number(r, "Timestamp") - Number(rows[0], "Timestamp"), Math.Max(0, Number(r, "Requests/s") - Number(r, "Failures/s")), Number(r, "Failures/s"), Percentile(r, "50%"), Percentile(r, "95%"), Percentile(r, "99%"))),
        ];
    }

    private List<Dictionary<string, string>> Rows(string file)
    {
        var lines = Csv(File.ReadAllText(prefix + file));
        return lines.Count == 0 ? [] : [.. lines.Skip(1).Where(l => l.Count == lines[0].Count).Select(l => lines[0].Zip(l).ToDictionary(c => c.First, c => c.Second))];
    }

    /// <summary>Fields in quotes hold commas, line ends and doubled quotes.</summary>
    private static List<List<string>> Csv(string text)
    {
        var (rows, row, field, quoted) = (new List<List<string>>(), new List<string>(), new StringBuilder(), false);
        for (var i = 0; i < text.Length && rows.Count < MostRows; i++)
        {
            switch (text[i])
            {
                case '"' when quoted && i + 1 < text.Length && text[i + 1] == '"':
                    field.Append(text[++i]);
                    break;
                case '"':
                    quoted = !quoted;
                    break;
                case ',' when !quoted:
                    End();
                    break;
                case '\n' when !quoted:
                    End();
                    rows.Add(row);
                    row = [];
                    break;
                case '\r' when !quoted:
                    break;
                default:
                    field.Append(text[i]);
                    break;
            }
        }

        return rows;

        void End()
        {
            row.Add(field.ToString());
            field.Clear();
        }
    }

    private static string Line(string text) => Processes.TerminalText.Echo(string.Join(" ", text.Split('\n', StringSplitOptions.TrimEntries | StringSplitOptions.RemoveEmptyEntries)));

    private static decimal? Percentile(Dictionary<string, string> row, string column) => row[column] == "N/A" ? null : Number(row, column);

    private static long Whole(Dictionary<string, string> row, string column) => long.Parse(row[column], CultureInfo.InvariantCulture);

    private static decimal Number(Dictionary<string, string> row, string column) => decimal.Parse(row[column], NumberStyles.Float, CultureInfo.InvariantCulture);
}
