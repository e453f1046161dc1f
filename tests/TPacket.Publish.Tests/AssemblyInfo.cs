// What is published shares a folder for what is built on the way.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
