namespace Pipeline.Ledger;

/// <summary>Who runs this process, as far as the machine knows.</summary>
public static class Operator
{
    /// <summary><c>user@host</c>.</summary>
    public static string UserAtHost => $"{Environment.UserName}@{Environment.MachineName}";
}
