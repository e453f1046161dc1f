// The published programs share a folder for their builds.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
