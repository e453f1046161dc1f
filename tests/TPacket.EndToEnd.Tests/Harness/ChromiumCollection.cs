namespace TPacket.EndToEnd.Tests.Harness;

/// <summary>The tests that share one browser.</summary>
[CollectionDefinition(nameof(ChromiumCollection))]
public sealed class ChromiumCollection : ICollectionFixture<ChromiumFixture>;
