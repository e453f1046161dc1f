// Transport.RentedBuffers counts the buffers of the whole process, so tests that compare it must not run at the same time as others.
[assembly: CollectionBehavior(DisableTestParallelization = true)]
