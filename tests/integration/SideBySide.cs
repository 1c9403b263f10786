// Each fixture has a cloud, folders and ports of its own, and mostly waits for them: several at a time, more than there are cores; the longest first.
[assembly: Parallelizable(ParallelScope.Fixtures)]
[assembly: LevelOfParallelism(3)]
