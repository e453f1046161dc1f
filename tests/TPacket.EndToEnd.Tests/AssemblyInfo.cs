// Each collection has programs of its own to run; one after the other they leave the machine to the one that is tested.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
