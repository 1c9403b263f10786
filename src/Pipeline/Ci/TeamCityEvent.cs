namespace Pipeline.Ci;

/// <summary>TeamCity: parameters in a file of properties, which another file names. What started a build, <c>PIPELINE_EVENT</c> says.</summary>
internal static class TeamCityEvent
{
    private const string Parameters = "teamcity.configuration.properties.file";

    public static CiEvent Read(Func<string, string?> variable)
    {
        var build = Properties(variable("TEAMCITY_BUILD_PROPERTIES_FILE"));
        var all = Properties(build.GetValueOrDefault(Parameters));
        var pull = all.GetValueOrDefault("teamcity.pullRequest.number");
        var branch = all.GetValueOrDefault("teamcity.pullRequest.source.branch") ?? all.GetValueOrDefault("teamcity.build.branch");
        var kind = pull is not null ? CiEventKind.PullRequest : SaidEvent.Kind(variable) ?? (branch is null ? CiEventKind.Other : CiEventKind.Push);
        return new CiEvent(CiProvider.TeamCity, kind, SaidEvent.Name(kind))
        {
            Branch = Refs.Branch(branch) ?? branch,
            PullRequest = pull,
            Commit = variable("BUILD_VCS_NUMBER"),
            Actor = all.GetValueOrDefault("teamcity.build.triggeredBy.username"),
            Inputs = ManualInputs.Variables(variable),
        };
    }

    private static Dictionary<string, string> Properties(string? file)
    {
        try
        {
            return file is null ? [] : JavaProperties.Read(File.ReadLines(file));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return [];
        }
    }
}
