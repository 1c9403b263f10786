// Each fixture has a cloud, folders and ports of its own, and mostly waits for them: several at a time, more than there are cores.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(5)]
