using Pipeline.Checks;
using Pipeline.Gates;
using Pipeline.Outcomes;

namespace Pipeline;

/// <summary>
/// The one thing that flows through the house. It starts with an environment and grows as it walks: changes, check results, images,
/// deployment, verification. Each step takes what earlier steps produced, by type, and adds its own; nothing is replaced.
/// </summary>
public sealed class Release
{
    private readonly Dictionary<Type, object> _results = [];
    private readonly List<Step> _steps = [];
    private readonly List<GateResult> _gates = [];
    private readonly List<CheckResult> _checks = [];
    private readonly Lock _lock = new();

    /// <summary>The steps so far, in the order they ended.</summary>
    public IReadOnlyList<Step> Steps
    {
        get
        {
            lock (_lock)
            {
                return [.. _steps];
            }
        }
    }

    /// <summary>The gates that were asked so far.</summary>
    public IReadOnlyList<GateResult> Gates
    {
        get
        {
            lock (_lock)
            {
                return [.. _gates];
            }
        }
    }

    /// <summary>The checks that were run so far.</summary>
    public IReadOnlyList<CheckResult> Checks
    {
        get
        {
            lock (_lock)
            {
                return [.. _checks];
            }
        }
    }

    /// <summary>Adds a step's result.</summary>
    /// <exception cref="InvalidOperationException">there is one of this type already</exception>
    public T Add<T>(T result) where T : class
    {
        lock (_lock)
        {
            return _results.TryAdd(typeof(T), result)
                ? result
                : throw new InvalidOperationException($"The release has a {typeof(T).Name} already.");
        }
    }

    /// <summary>What an earlier step produced.</summary>
    /// <exception cref="InvalidOperationException">no earlier step did: the tasks' dependencies are wrong</exception>
    public T Get<T>() where T : class => Find<T>() ?? throw new InvalidOperationException($"No step has produced a {typeof(T).Name} yet.");

    /// <summary>What an earlier step produced, or <c>null</c>.</summary>
    public T? Find<T>() where T : class
    {
        lock (_lock)
        {
            return (T?)_results.GetValueOrDefault(typeof(T));
        }
    }

    /// <summary>Remembers how a step ended, for <c>run.json</c>.</summary>
    public void Record(Step step)
    {
        lock (_lock)
        {
            _steps.Add(step);
        }
    }

    /// <summary>Remembers what a check found, for the summary, and that it was a step.</summary>
    public void Record(CheckResult check)
    {
        lock (_lock)
        {
            _checks.Add(check);
        }

        Record(new Step(check.Name, check.Verdict, check.Duration));
    }

    /// <summary>Remembers what a gate said: for <c>run.json</c>, and for the record of a release.</summary>
    public void Record(GateResult gate)
    {
        lock (_lock)
        {
            _gates.Add(gate);
        }
    }
}

/// <summary>How one step of a run ended.</summary>
/// <param name="Name">the target's name</param>
/// <param name="Duration">wall time</param>
public sealed record Step(string Name, Verdict Verdict, TimeSpan Duration);
