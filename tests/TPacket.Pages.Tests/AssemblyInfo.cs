// One browser at a time uses the processors.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
