namespace Build;

/// <summary>Acts that a person confirms by typing what they are about.</summary>
internal static class Confirming
{
    /// <summary>What was typed, on the command line or now; <c>null</c>: nobody sits there.</summary>
    public static async Task<string?> Confirmation(this BuildContext context, CancellationToken cancel)
    {
        if (context.Typed[Options.Confirm] is { } given)
        {
            return given;
        }

        if (!context.Output.Live || Console.IsInputRedirected)
        {
            return null;
        }

        context.Output.Say("Type the id to do this, anything else to leave it:");
        return (await Task.Run(Console.ReadLine, cancel).WaitAsync(cancel))?.Trim() ?? "";
    }
}
