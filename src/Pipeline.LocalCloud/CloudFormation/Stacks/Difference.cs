using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>What separates a resource from what it should be.</summary>
/// <param name="Properties">names of the top-level properties that differ</param>
/// <param name="Replacing">those among them whose change needs a new physical resource</param>
/// <param name="Tags">the stack's own tags differ, and the type takes tags</param>
/// <param name="Metadata">what the template notes about the resource differs</param>
internal sealed record Difference(IReadOnlyList<string> Properties, IReadOnlyList<string> Replacing, bool Tags, bool Metadata)
{
    public bool IsNone => !IsReal && !Metadata;

    /// <summary>The resource itself must change, not only what is noted about it.</summary>
    public bool IsReal => Properties.Count > 0 || Tags;

    public static Difference Between(Incarnation has, Incarnation wants, ResourceType type, PropertyGrammar grammar)
    {
        var names = has.Properties.Select(property => property.Key).Union(wants.Properties.Select(property => property.Key))
            .Where(name => !Values.Same(has.Properties[name], wants.Properties[name]))
            .Order(StringComparer.Ordinal)
            .ToList();
        var replacing = names.Where(name => type.Update is null || grammar.ReplacesWhenChanged(name, has.Properties[name], wants.Properties[name])).ToList();
        // A type that cannot be changed in place keeps the tags it was made with.
        var tags = type.Update is not null && grammar.Has("Tags")
            && !(has.StackTags.Count == wants.StackTags.Count && has.StackTags.All(tag => wants.StackTags.GetValueOrDefault(tag.Key) == tag.Value));
        return new Difference(names, replacing, tags, has.Metadata != wants.Metadata);
    }
}
