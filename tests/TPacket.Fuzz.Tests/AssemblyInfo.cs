// Targets count the rented buffers of the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
