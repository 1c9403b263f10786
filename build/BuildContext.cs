using Cake.Core;
using Cake.Frosting;
using Pipeline.Cake;

namespace Build;

public sealed class BuildContext(ICakeContext context, Arguments arguments, Interrupts interrupts) : FrostingContext(context)
{
    public Arguments Options { get; } = arguments;

    public CancellationToken Cancel { get; } = interrupts.Token;
}
