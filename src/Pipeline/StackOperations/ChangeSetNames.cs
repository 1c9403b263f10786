namespace Pipeline.StackOperations;

/// <summary>How change sets are called, so that ours are known from others'.</summary>
internal static class ChangeSetNames
{
    private const string Executed = "r-";
    private const string Looked = "p-";

    /// <summary>Of the change set that a piece of work executes.</summary>
    public static string ToExecute(StackWork work) => Executed + work.Token;

    /// <summary>Of a change set that is only looked at.</summary>
    public static string ToLookAt(StackWork work) => Looked + work.Token;

    /// <summary>Whether a release to this environment made it.</summary>
    public static bool IsOurs(string name, StackRules rules) =>
        (name.StartsWith(Executed, StringComparison.Ordinal) || name.StartsWith(Looked, StringComparison.Ordinal)) && rules.IsOurs(name[Executed.Length..]);
}
