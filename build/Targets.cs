using Build.Tasks;
using Cake.Frosting;

namespace Build;

[TaskName("Default")]
[TaskDescription("What you want before a push: detect changes, then lint, test and scan what is affected")]
[IsDependentOn(typeof(DetectChanges))]
[IsDependentOn(typeof(Lint))]
[IsDependentOn(typeof(Test))]
[IsDependentOn(typeof(SecurityScan))]
public sealed class Default : FrostingTask<BuildContext>;
