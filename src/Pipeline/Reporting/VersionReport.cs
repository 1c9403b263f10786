using Pipeline.Outcomes;
using Pipeline.Processes;
using Pipeline.Versions;
using Pipeline.Versions.Publishing;
using Spectre.Console;

namespace Pipeline.Reporting;

/// <summary>What the next release would be, and what became of it.</summary>
public static class VersionReport
{
    private const int Shown = 20;

    /// <summary>Every series with its next version and why; then the messages that nobody will find in it.</summary>
    public static void Plan(Output output, VersionPlan plan)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(plan);
        output.Labelled("Release", $"{plan.Branch}  {plan.Commit[..7]}");
        foreach (var step in plan.Steps)
        {
            output.Labelled(step.Service ?? "repository", Line(step));
        }

        Problems(output, plan.Problems);
    }

    /// <summary>Each message with what is wrong and how it would be right; what mends several in a row is said once.</summary>
    public static void Problems(Output output, IReadOnlyList<MessageProblem> problems)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(problems);
        // What is wrong comes before what is only doubtful.
        var ordered = problems.OrderByDescending(p => p.IsError).Take(Shown).ToList();
        for (var i = 0; i < ordered.Count; i++)
        {
            output.Labelled(i == 0 ? "Messages" : "", Text(ordered[i], withFix: i + 1 == ordered.Count || ordered[i + 1].Fix != ordered[i].Fix), ordered[i].IsError ? Color.Red : Color.Yellow);
        }

        if (problems.Count > Shown)
        {
            output.Labelled("", $"and {problems.Count - Shown} more");
        }
    }

    /// <summary>How a release ended, and what comes next.</summary>
    public static void Outcome(Output output, ReleaseOutcome outcome)
    {
        ArgumentNullException.ThrowIfNull(output);
        ArgumentNullException.ThrowIfNull(outcome);
        var name = string.Join(", ", outcome.Tags);
        const string push = "./build.sh --target=Release --push";
        output.Say();
        output.Say(outcome.State switch
        {
            ReleaseState.Nothing => "Nothing to release: no commit since the last release asks for a version.",
            ReleaseState.Pushed => $"Released {name} to {outcome.Upstream}.",
            ReleaseState.ByAnother => $"{name} is released already: another runner was first (commit {outcome.Commit![..7]}). Nothing was done here.\n  next  git pull --ff-only",
            ReleaseState.Waiting => $"Nothing new to release. {name} is released in this clone only.\n  next  {push}",
            _ => $"Released {name} in this clone: commit {outcome.Commit![..7]}.{(outcome.Upstream is null ? "" : $"\n  next  {push} sends it to {outcome.Upstream}; --undo takes it back")}",
        });
    }

    /// <summary>Refuses where a message would be dropped or misread.</summary>
    /// <exception cref="PipelineException">exit code 1</exception>
    public static void Demand(UnreleasedMessages messages)
    {
        ArgumentNullException.ThrowIfNull(messages);
        var errors = messages.Problems.Count(p => p.IsError);
        if (errors > 0)
        {
            throw new PipelineException(ExitCode.Failed, $"{Words.Count(errors, "message")} would be dropped or misread by the next release.",
                new Detail("next", "git rebase --interactive, 'reword' for each; the commits change, so only while nobody else has them"));
        }
    }

    /// <summary>Refuses a message that is about to be committed.</summary>
    /// <exception cref="PipelineException">exit code 1: git gives the commit up</exception>
    public static void Demand(IReadOnlyList<MessageProblem> problems, string file)
    {
        if (problems.Any(p => p.IsError))
        {
            throw new PipelineException(ExitCode.Failed, "Not committed: the next release would drop or misread this message.",
                new Detail("next", $"git commit --edit --file='{file}' begins with it again; git commit --no-verify takes it as it is"));
        }
    }

    private static string Line(VersionStep step)
    {
        var released = step.Released?.ToNormalizedString();
        if (step.Next is null)
        {
            return released is null ? "no version yet, and no commit that asks for one" : $"{released}  stays";
        }

        var cause = step.Changes.FirstOrDefault(c => c.Bump == step.Bump);
        var why = released is null ? "first release" : cause is null ? "" : $"{step.Bump.ToString().ToLowerInvariant()}: {cause.Commit[..7]} {TerminalText.Echo(Header(cause.Message))}";
        return $"{(released is null ? "" : $"{released} → ")}{step.Next.ToNormalizedString()}  {step.Tag}   {why}".TrimEnd();
    }

    private static string Header(ConventionalMessage message) =>
        $"{message.Type}{(message.Scopes.Count == 0 ? "" : $"({string.Join(", ", message.Scopes)})")}{(message.Breaking.Count == 0 ? "" : "!")}: {message.Description}";

    private static string Text(MessageProblem problem, bool withFix)
    {
        var place = problem.Commit.Length == 0 ? "" : $"{problem.Commit[..7]} ";
        return $"{place}'{TerminalText.Echo(problem.Subject)}' {TerminalText.Echo(problem.Problem)}{(withFix ? $"\n  fix: {TerminalText.Echo(problem.Fix)}" : "")}";
    }
}
