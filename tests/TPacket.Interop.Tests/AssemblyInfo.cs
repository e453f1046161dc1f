// BufferPool.Outstanding counts for the whole process; a test that compares it must be the only one that rents.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
