namespace TPacket.EndToEnd.Tests;

/// <summary>The tests that share one browser.</summary>
[CollectionDefinition(nameof(ChromiumCollection))]
public sealed class ChromiumCollection : ICollectionFixture<ChromiumFixture>;
