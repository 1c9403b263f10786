namespace Pipeline.Ci;

/// <summary>Azure Pipelines: predefined variables, which reach a script in capitals.</summary>
internal static class AzureEvent
{
    public static CiEvent Read(Func<string, string?> variable)
    {
        var (reason, reference) = (variable("BUILD_REASON") ?? "", variable("BUILD_SOURCEBRANCH"));
        var kind = Kind(reason, reference);
        return new CiEvent(CiProvider.Azure, kind, reason)
        {
            Branch = Refs.Branch(kind == CiEventKind.PullRequest ? variable("SYSTEM_PULLREQUEST_SOURCEBRANCH") : reference),
            PullRequest = variable("SYSTEM_PULLREQUEST_PULLREQUESTNUMBER") ?? variable("SYSTEM_PULLREQUEST_PULLREQUESTID"),
            Fork = bool.TryParse(variable("SYSTEM_PULLREQUEST_ISFORK"), out var fork) ? fork : null,
            Commit = (kind == CiEventKind.PullRequest ? variable("SYSTEM_PULLREQUEST_SOURCECOMMITID") : null) ?? variable("BUILD_SOURCEVERSION"),
            // Of a pull request this is the trial merge's.
            Message = kind == CiEventKind.PullRequest ? null : variable("BUILD_SOURCEVERSIONMESSAGE"),
            Actor = variable("BUILD_REQUESTEDFOR"),
            Inputs = ManualInputs.Variables(variable),
        };
    }

    private static CiEventKind Kind(string reason, string? reference) => reason switch
    {
        "PullRequest" => CiEventKind.PullRequest,
        "Schedule" => CiEventKind.Schedule,
        "Manual" => CiEventKind.Manual,
        "IndividualCI" or "BatchedCI" => Refs.IsTag(reference) ? CiEventKind.Tag : CiEventKind.Push,
        _ => CiEventKind.Other,
    };
}
