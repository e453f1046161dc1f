// The machine's processors belong to one browser at a time.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
