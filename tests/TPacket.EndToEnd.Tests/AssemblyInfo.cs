// Each collection runs programs of its own, which would slow each other down.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
