using Pipeline.LocalCloud.CloudFormation.Templates;

namespace Pipeline.LocalCloud.CloudFormation.Stacks;

/// <summary>A stack's outputs, and the promises that exports make to other stacks.</summary>
internal static class StackOutputs
{
    public static List<StackOutput> Evaluate(Template template, Scope scope) =>
        [.. template.Outputs.Values
            .Where(output => output.Condition is null || Conditions.Holds(output.Condition, scope))
            .Select(output => new StackOutput(
                output.Name,
                Intrinsics.Text(output.Value, scope, $"the value of output {output.Name}"),
                output.Description,
                output.ExportName is null ? null : Intrinsics.Text(output.ExportName, scope, $"the export name of output {output.Name}")))];

    /// <summary>Refuses a name that is taken, and the change or loss of an export that another stack uses.</summary>
    public static void CheckExports(StackStore store, StackRecord stack, IReadOnlyList<StackOutput> outputs)
    {
        var exports = outputs.Where(output => output.ExportName is not null).ToList();
        if (exports.GroupBy(output => output.ExportName).FirstOrDefault(group => group.Count() > 1) is { } twice)
        {
            throw Refusals.Invalid($"Duplicate Export names. Cannot have {twice.Count()} outputs with the same Export name {twice.Key}.");
        }

        foreach (var (other, output) in store.Exports(stack.Region).Where(export => export.Stack.Id != stack.Id))
        {
            if (exports.Any(own => own.ExportName == output.ExportName))
            {
                throw Refusals.Invalid($"Export with name {output.ExportName} is already exported by stack {other.Name}.");
            }
        }

        foreach (var old in stack.Outputs.Where(output => output.ExportName is not null))
        {
            var users = store.Importers(stack.Region, old.ExportName!).Where(user => user.Id != stack.Id).Select(user => user.Name).Order(StringComparer.Ordinal).ToList();
            var kept = exports.FirstOrDefault(own => own.ExportName == old.ExportName);
            if (users.Count > 0 && kept?.Value != old.Value)
            {
                throw Refusals.Invalid(kept is null
                    ? $"Export {old.ExportName} cannot be deleted as it is in use by {string.Join(", ", users)}"
                    : $"Export {old.ExportName} cannot be updated as it is in use by {string.Join(" and ", users)}");
            }
        }
    }
}
