// Targets count what is rented in the whole process.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
