namespace Pipeline.Preflight;

/// <summary>The log groups that containers write to are there or will be: without one no task starts.</summary>
internal static class LogChecks
{
    public static IEnumerable<Inspection> Of(PreflightScope scope) =>
        from task in scope.Release.Tasks
        from container in task.Containers
        where container.LogGroup is not null
        let subject = $"{task.Stack}/{container.Name}"
        select new Inspection("logs", subject, cancel => Look(scope, task, container, subject, cancel));

    private static async Task<Finding> Look(PreflightScope scope, PlannedTask task, PlannedContainer container, string subject, CancellationToken cancel)
    {
        var group = container.LogGroup!;
        return container.MakesLogGroup ? Finding.Ok(subject, $"the first task makes log group '{group}'")
            : scope.Release.Behind(task.Stack, group) is not null || scope.Release.Of("AWS::Logs::LogGroup").Any(r => r.PhysicalId == group || TemplateValues.Text(r.Properties["LogGroupName"]) == group) ? Finding.Ok(subject, $"log group '{group.Trim('<', '>')}' is the template's own")
            : TemplateValues.IsDeferred(group) ? Finding.Skip(subject, "this release makes the log group first")
            : await scope.Aws.TaskLogs.HasGroup(group, cancel).ConfigureAwait(false) ? Finding.Ok(subject, $"log group '{group}' is there")
            : Finding.Ng(subject, $"there is no log group '{group}'", $"add an AWS::Logs::LogGroup to the template of stack '{task.Stack}', or set awslogs-create-group");
    }
}
