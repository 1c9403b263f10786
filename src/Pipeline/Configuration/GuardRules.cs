using System.Globalization;

namespace Pipeline.Configuration;

/// <summary>What must hold between the keys of an environment, above all of its <c>gates</c>.</summary>
internal static class GuardRules
{
    /// <summary>Looks at one environment with the base values under it.</summary>
    /// <param name="environments">names of all environments</param>
    public static void Check(string environment, MapNode effective, IReadOnlyList<string> environments, Mistakes mistakes)
    {
        if (environment == ConfigurationReader.Production && effective["deploymentTests"] is ScalarNode { Text: "all" } all)
        {
            mistakes.Add(all.Line, $"environments.{environment}.deploymentTests", "must be 'readonly': tests that write or destroy have no business in production");
        }

        if (effective["gates"] is not MapNode gates)
        {
            return;
        }

        var path = $"environments.{environment}.gates";
        if (gates["promotion"] is MapNode promotion && promotion["from"] is ScalarNode { IsNull: false } from && (from.Text == environment || !environments.Contains(from.Text)))
        {
            mistakes.Add(from.Line, $"{path}.promotion.from", from.Text == environment ? "an environment can not take from itself" : $"there is no environment '{from.Text}'{NearestName.Hint(from.Text, environments)}");
        }

        if (gates["approval"] is MapNode approval && approval["required"] is ScalarNode required && approval["approvers"] is ListNode approvers
            && int.TryParse(required.Text, NumberStyles.None, CultureInfo.InvariantCulture, out var people)
            && people > approvers.Items.OfType<ScalarNode>().Select(a => a.Text).Distinct(StringComparer.Ordinal).Count())
        {
            mistakes.Add(required.Line, $"{path}.approval.required", $"{people} people must approve, but 'approvers' names fewer");
        }

        foreach (var (freeze, i) in (gates["freeze"] as ListNode)?.Items.OfType<MapNode>().Select((f, i) => (f, i)) ?? [])
        {
            Check(freeze, $"{path}.freeze[{i}]", mistakes);
        }
    }

    private static void Check(MapNode freeze, string path, Mistakes mistakes)
    {
        var weekly = freeze["days"] is ListNode { Items.Count: > 0 };
        foreach (var key in (string[])["from", "until"])
        {
            if (freeze[key] is not ScalarNode { IsNull: false } moment)
            {
                if (!weekly)
                {
                    mistakes.Add(freeze.Line, $"{path}.{key}", "is missing: without 'days' a freeze has a first day and an end");
                }
            }
            else if (weekly != IsTimeOfDay(moment.Text))
            {
                mistakes.Add(moment.Line, $"{path}.{key}", weekly ? $"must be a time of day because the freeze comes every week, is '{moment.Text}'" : $"must be a day because the freeze comes once, is '{moment.Text}'");
            }
        }

        if (!weekly && freeze["from"] is ScalarNode first && freeze["until"] is ScalarNode end && string.CompareOrdinal(first.Text, end.Text) >= 0)
        {
            mistakes.Add(end.Line, $"{path}.until", $"'{end.Text}' is not after '{first.Text}'");
        }
    }

    private static bool IsTimeOfDay(string text) => text.IndexOf(':', StringComparison.Ordinal) == 2;
}
