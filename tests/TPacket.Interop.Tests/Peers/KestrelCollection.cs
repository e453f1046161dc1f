namespace TPacket.Interop.Tests.Peers;

/// <summary>The tests that share one Kestrel.</summary>
[CollectionDefinition(nameof(KestrelCollection))]
public sealed class KestrelCollection : ICollectionFixture<KestrelFixture>;
