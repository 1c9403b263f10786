using System.Globalization;

namespace Pipeline.LocalCloud.Metrics;

/// <summary>A number for each period, or one number for all of them.</summary>
internal sealed record MathValue(IReadOnlyDictionary<DateTimeOffset, double>? Points, double Scalar)
{
    public static MathValue Of(double scalar) => new(null, scalar);

    public static MathValue Of(IReadOnlyDictionary<DateTimeOffset, double> points) => new(points, 0);

    /// <summary>Period by period; one that a side lacks, or whose result is no number, is left out.</summary>
    public static MathValue Combine(IReadOnlyList<MathValue> sides, Func<IReadOnlyList<double>, double> with)
    {
        var series = sides.Where(side => side.Points is not null).ToList();
        if (series.Count == 0)
        {
            return Of(with([.. sides.Select(side => side.Scalar)]));
        }

        var points = new SortedDictionary<DateTimeOffset, double>();
        foreach (var start in series[0].Points!.Keys.Where(start => series.TrueForAll(side => side.Points!.ContainsKey(start))))
        {
            var result = with([.. sides.Select(side => side.Points is { } known ? known[start] : side.Scalar)]);
            if (double.IsFinite(result))
            {
                points[start] = result;
            }
        }

        return Of(points);
    }
}

/// <summary>Metric math: numbers, ids, <c>+ - * /</c>, comparisons, and the functions IF (without a third argument: no point where the condition is 0), FILL, SUM, AVG, MIN, MAX. Anything else is refused by name.</summary>
internal sealed class MetricExpression
{
    private readonly string _text;
    private readonly Func<string, MathValue> _find;
    private readonly IReadOnlyList<DateTimeOffset> _periods;
    private int _at;

    private MetricExpression(string text, Func<string, MathValue> find, IReadOnlyList<DateTimeOffset> periods) => (_text, _find, _periods) = (text, find, periods);

    /// <param name="find">the value of another query by its id</param>
    /// <param name="periods">all starts of periods asked for, with data or not</param>
    public static MathValue Evaluate(string text, Func<string, MathValue> find, IReadOnlyList<DateTimeOffset> periods)
    {
        var expression = new MetricExpression(text, find, periods);
        var value = expression.Comparison();
        return expression.Peek() == '\0' ? value : throw expression.Broken();
    }

    private MathValue Comparison()
    {
        var left = Sum();
        foreach (var sign in new[] { ">=", "<=", "==", "!=", ">", "<" })
        {
            if (Take(sign))
            {
                return MathValue.Combine([left, Sum()], sides => (sign switch
                {
                    ">=" => sides[0] >= sides[1],
                    "<=" => sides[0] <= sides[1],
                    "==" => sides[0] == sides[1],
                    "!=" => sides[0] != sides[1],
                    ">" => sides[0] > sides[1],
                    _ => sides[0] < sides[1],
                }) ? 1 : 0);
            }
        }

        return left;
    }

    private MathValue Sum()
    {
        var left = Product();
        while (true)
        {
            if (Take("+"))
            {
                left = MathValue.Combine([left, Product()], sides => sides[0] + sides[1]);
            }
            else if (Take("-"))
            {
                left = MathValue.Combine([left, Product()], sides => sides[0] - sides[1]);
            }
            else
            {
                return left;
            }
        }
    }

    private MathValue Product()
    {
        var left = Factor();
        while (true)
        {
            if (Take("*"))
            {
                left = MathValue.Combine([left, Factor()], sides => sides[0] * sides[1]);
            }
            else if (Take("/"))
            {
                left = MathValue.Combine([left, Factor()], sides => sides[0] / sides[1]);
            }
            else
            {
                return left;
            }
        }
    }

    private MathValue Factor()
    {
        if (Take("-"))
        {
            return MathValue.Combine([Factor()], sides => -sides[0]);
        }

        if (Take("("))
        {
            var inside = Comparison();
            return Take(")") ? inside : throw Broken();
        }

        var word = Word();
        return word.Length == 0 ? throw Broken()
            : char.IsAsciiDigit(word[0]) || word[0] == '.' ? double.TryParse(word, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) ? MathValue.Of(number) : throw Broken()
            : Peek() == '(' ? Function(word)
            : _find(word);
    }

    private MathValue Function(string name)
    {
        Take("(");
        var arguments = new List<MathValue>();
        var isList = Take("[");
        do
        {
            arguments.Add(Comparison());
        }
        while (Take(","));
        if ((isList && !Take("]")) || !Take(")"))
        {
            throw Broken();
        }

        return (name, arguments.Count) switch
        {
            ("IF", 2 or 3) => If(arguments[0], arguments[1], arguments.Count == 3 ? arguments[2] : MathValue.Of(new Dictionary<DateTimeOffset, double>())),
            ("FILL", 2) when arguments[1].Points is null => MathValue.Of(_periods.ToDictionary(start => start, start => arguments[0].Points?.GetValueOrDefault(start, arguments[1].Scalar) ?? arguments[0].Scalar)),
            ("SUM", _) when isList => MathValue.Combine(arguments, sides => sides.Sum()),
            ("AVG", _) when isList => MathValue.Combine(arguments, sides => sides.Average()),
            ("MIN", _) when isList => MathValue.Combine(arguments, sides => sides.Min()),
            ("MAX", _) when isList => MathValue.Combine(arguments, sides => sides.Max()),
            _ => throw MetricRefusals.Invalid($"The function {name} of the expression '{_text}' is not supported in this form by the embedded cloud."),
        };
    }

    /// <summary>Only the branch taken must have a value.</summary>
    private static MathValue If(MathValue condition, MathValue then, MathValue otherwise)
    {
        if (condition.Points is not { } conditions)
        {
            return condition.Scalar != 0 ? then : otherwise;
        }

        var points = new SortedDictionary<DateTimeOffset, double>();
        foreach (var (start, holds) in conditions)
        {
            var branch = holds != 0 ? then : otherwise;
            if (branch.Points is null)
            {
                points[start] = branch.Scalar;
            }
            else if (branch.Points.TryGetValue(start, out var value))
            {
                points[start] = value;
            }
        }

        return MathValue.Of(points);
    }

    private string Word()
    {
        Peek();
        var start = _at;
        while (_at < _text.Length && (char.IsAsciiLetterOrDigit(_text[_at]) || _text[_at] is '_' or '.'))
        {
            _at++;
        }

        return _text[start.._at];
    }

    private bool Take(string sign)
    {
        Peek();
        var there = _text.AsSpan(_at).StartsWith(sign, StringComparison.Ordinal);
        _at += there ? sign.Length : 0;
        return there;
    }

    private char Peek()
    {
        while (_at < _text.Length && char.IsWhiteSpace(_text[_at]))
        {
            _at++;
        }

        return _at < _text.Length ? _text[_at] : '\0';
    }

    private Protocols.AwsException Broken() => MetricRefusals.Invalid($"Error in expression '{_text}': it breaks at position {_at}.");
}
