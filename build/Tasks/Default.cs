using Cake.Frosting;

namespace Build.Tasks;

[TaskDescription("say that the pipeline works")]
public sealed class Default : FrostingTask<BuildContext>
{
    public override void Run(BuildContext context) => Console.WriteLine("The pipeline works.");
}
