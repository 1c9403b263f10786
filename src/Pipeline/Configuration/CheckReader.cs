using System.Globalization;

namespace Pipeline.Configuration;

/// <summary>Makes the model of the checks from their validated section.</summary>
internal static class CheckReader
{
    /// <summary>The keys that say what runs a suite; a suite has one of them.</summary>
    public static readonly string[] Tools = ["project", "pytest", "locust", "load"];

    public static CheckSettings Read(SectionReader checks)
    {
        var security = checks.Section("security");
        var bandit = security.Section("bandit");
        return new([.. checks.Named("suites").Select(s => Suite(s.Name, s.Section))])
        {
            Skip = checks.Texts("skip"),
            LintBudget = checks.Section("lint").Duration("budget"),
            SecurityBudget = security.Duration("budget"),
            Bandit = new(Level(bandit.Text("severity")), Level(bandit.Text("confidence"))),
            Advisories = security.OptionalText("advisories"),
            IgnoredAdvisories = [.. security.Sections("ignore").Select(i => new IgnoredAdvisory(i.Text("id"), DateOnly.ParseExact(i.Text("until"), Values.DayFormat, CultureInfo.InvariantCulture), i.Text("reason")))],
        };
    }

    /// <summary>What must hold between a suite's keys.</summary>
    public static void Check(string name, MapNode suite, Mistakes mistakes)
    {
        var path = $"checks.suites.{name}";
        var tools = Tools.Where(tool => suite[tool] is not null).ToList();
        if (tools.Count != 1)
        {
            mistakes.Add(suite.Line, path, tools.Count == 0 ? $"says not what runs it: give it one of {string.Join(", ", Tools)}" : $"has {string.Join(" and ", tools)}; one of them runs it");
        }

        if (name == "coverage")
        {
            mistakes.Add(suite.Line, path, "is what the reports of all suites together are called: give it another name");
        }

        var kind = (suite["kind"] as ScalarNode)?.Text;
        var against = suite["against"] as ScalarNode;
        if (kind == "unit" && against is { Text: "deployment" })
        {
            mistakes.Add(against.Line, $"{path}.against", "a unit suite needs nothing but the code; one that tests deployments has the kind integration or performance");
        }

        foreach (var tool in tools.Where(tool => tool is "locust" or "load" && (kind != "performance" || against is not { Text: "deployment" })))
        {
            mistakes.Add(suite[tool]!.Line, $"{path}.{tool}", "a load needs 'kind: performance' and 'against: deployment'");
        }

        if (tools.Contains("locust") && suite["services"] is not ListNode { Items.Count: > 0 })
        {
            mistakes.Add(suite["locust"]!.Line, $"{path}.services", "is missing: Locust's host is the first of them");
        }

        if (tools is ["locust" or "load"] && suite["budget"] is ScalarNode budget && (suite[tools[0]] as MapNode)?["duration"] is ScalarNode duration
            && Values.ToDuration(budget.Text) is { } most && Values.ToDuration(duration.Text) is { } least && most <= least)
        {
            mistakes.Add(budget.Line, $"{path}.budget", $"the suite would be stopped after {budget.Text}, before its load of {duration.Text} has ended");
        }

        if (suite["targets"] is { } targets && !tools.Exists(tool => tool is "locust" or "load"))
        {
            mistakes.Add(targets.Line, $"{path}.targets", "only a load has targets: 'locust' or 'load'");
        }
    }

    private static SuiteSettings Suite(string name, SectionReader suite)
    {
        var kind = Enum.Parse<SuiteKind>(suite.Text("kind"), ignoreCase: true);
        var (locust, load, targets) = (suite.OptionalSection("locust"), suite.OptionalSection("load"), suite.Section("targets"));
        var (tool, path) = (suite.OptionalText("project"), suite.OptionalText("pytest"), locust?.Text("file")) switch
        {
            ({ } project, _, _) => (SuiteTool.Dotnet, project),
            (_, { } tests, _) => (SuiteTool.Pytest, tests),
            (_, _, { } file) => (SuiteTool.Locust, file),
            _ => (SuiteTool.Load, ""),
        };
        return new(name, kind, path, suite.OptionalText("budget") is { } budget ? Values.ToDuration(budget)!.Value : Budget(kind))
        {
            Tool = tool,
            AgainstDeployment = suite.Text("against") == "deployment",
            Services = load is null ? suite.Texts("services") : [load.Text("service")],
            Environments = suite.Texts("environments"),
            Slow = suite.Text("slow") == "true",
            Load = load is not null ? Load(load) : locust is not null ? new("", 0, Whole(locust.Text("users")), locust.Duration("duration"), TimeSpan.Zero) : null,
            Targets = new(decimal.Parse(targets.Text("success"), CultureInfo.InvariantCulture), targets.Duration("mean"), targets.Duration("p95"))
            {
                Rate = targets.OptionalText("rate") is { } rate ? Whole(rate) : null,
                SlowerThanBefore = targets.OptionalText("slower") is { } slower ? decimal.Parse(slower, CultureInfo.InvariantCulture) : null,
            },
        };
    }

    private static LoadSettings Load(SectionReader load) => new(load.Text("service"), Whole(load.Text("rate")), Whole(load.Text("users")), load.Duration("duration"), load.Text("warmUp") == "none" ? TimeSpan.Zero : load.Duration("warmUp"))
    {
        Requests = [.. load.Sections("requests").Select(r => new LoadRequest(r.Text("path"), r.Text("method"), r.OptionalText("body"), Whole(r.Text("weight")), r.OptionalText("mean") is { } mean ? Values.ToDuration(mean) : null))],
    };

    private static TimeSpan Budget(SuiteKind kind) => TimeSpan.FromMinutes(kind switch { SuiteKind.Unit => 5, SuiteKind.Integration => 15, _ => 30 });

    private static FindingLevel Level(string text) => Enum.Parse<FindingLevel>(text, ignoreCase: true);

    private static int Whole(string text) => int.Parse(text, CultureInfo.InvariantCulture);
}
