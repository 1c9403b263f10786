using Pipeline.Configuration;

namespace Pipeline.Cake;

/// <summary>Reads one command line word by word and collects what is wrong with it.</summary>
internal sealed class Reader(IReadOnlyList<Target> targets, IReadOnlyList<Option> known)
{
    private readonly List<(Option Option, string? Value)> _given = [];

    public List<string> Mistakes { get; } = [];

    public IReadOnlyList<(Option Option, string? Value)> Read(IReadOnlyList<string> args)
    {
        for (var i = 0; i < args.Count; i++)
        {
            if (Split(args[i]) is not var (name, value))
            {
                Mistakes.Add(Stray(args[i]));
                continue;
            }

            var next = i + 1 < args.Count && !args[i + 1].StartsWith('-') ? args[i + 1] : null;
            if (Find(name, hasValue: value is not null || next is not null) is not { } option)
            {
                Mistakes.Add(Unknown(args[i].Split('=')[0], name));
                i += next is not null && value is null ? 1 : 0;
                continue;
            }

            if (!option.IsFlag && value is null && next is not null)
            {
                value = next;
                i++;
            }

            Take(option, value);
        }

        CheckTargets();
        return _given;
    }

    private void Take(Option option, string? value)
    {
        var mistake = (option, value) switch
        {
            ({ IsFlag: true }, not null) => $"--{option.Name} has no value.",
            ({ IsFlag: false }, null or "") => $"--{option.Name} needs a value: {option.Usage}.",
            ({ Repeatable: false }, _) when _given.Any(item => item.Option == option) => $"--{option.Name} was given twice.",
            ({ Values.Count: > 0 }, not null) when !option.Values.Contains(value, StringComparer.OrdinalIgnoreCase) =>
                $"Unknown value '{value}' of --{option.Name}. {Suggest(value, option.Values)}",
            _ => null,
        };
        if (mistake is not null)
        {
            Mistakes.Add(mistake);
            return;
        }

        if (option == CakeOptions.Target && targets.FirstOrDefault(target => Same(target.Name, value!)) is var target)
        {
            if (target is null)
            {
                Mistakes.Add($"Unknown target '{value}'. {Suggest(value!, targets.Select(item => item.Name).ToList())}".TrimEnd());
                return;
            }

            value = target.Name;
        }

        _given.Add((option, option.Values.FirstOrDefault(allowed => Same(allowed, value!)) ?? value));
    }

    private void CheckTargets()
    {
        var asked = _given.Where(item => item.Option == CakeOptions.Target).Select(item => item.Value!).DefaultIfEmpty(Target.Default).ToList();
        foreach (var (option, _) in _given.Where(item => item.Option.Targets.Count > 0 && !item.Option.Targets.Intersect(asked, StringComparer.OrdinalIgnoreCase).Any()))
        {
            Mistakes.Add($"--{option.Name} is not an option of {string.Join(", ", asked)}, but of {string.Join(", ", option.Targets)}.");
        }
    }

    /// <summary>Of an option of ours and a flag of Cake's with the same name, a value decides.</summary>
    private Option? Find(string name, bool hasValue)
    {
        var called = known.Where(option => option.IsCalled(name)).ToList();
        return called.FirstOrDefault(option => option.IsFlag != hasValue) ?? called.FirstOrDefault();
    }

    private string Unknown(string typed, string name)
    {
        var names = known.Select(option => option.Name).ToList();
        var nearest = IsTarget(name) ? $"target={targets.First(target => Same(target.Name, name)).Name}" : NearestName.Of(name, names);
        return $"Unknown option {typed}." + (nearest is null ? "" : $" Did you mean --{nearest}?");
    }

    private string Stray(string word) =>
        NearestName.Of(word, targets.Select(target => target.Name)) is { } target
            ? $"Unexpected '{word}'. Did you mean --target={target}?"
            : $"Unexpected '{word}': an option starts with --.";

    private static string Suggest(string typed, IReadOnlyList<string> all) =>
        NearestName.Of(typed, all) is { } nearest ? $"Did you mean {nearest}?" : all.Count <= 8 ? $"It is one of {string.Join(", ", all)}." : "";

    private bool IsTarget(string word) => targets.Any(target => Same(target.Name, word));

    private static bool Same(string left, string right) => left.Equals(right, StringComparison.OrdinalIgnoreCase);

    /// <summary><c>--name=value</c>, <c>--name</c> or <c>-n</c> in two; <c>null</c> for a word that is no option.</summary>
    private static (string Name, string? Value)? Split(string word)
    {
        if (!word.StartsWith('-') || word.Trim('-').Length == 0)
        {
            return null;
        }

        var parts = word.TrimStart('-').Split('=', 2);
        return (parts[0], parts.Length > 1 ? parts[1] : null);
    }
}
