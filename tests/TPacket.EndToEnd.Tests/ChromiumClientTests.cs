using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests;

/// <summary>The TypeScript client's bundle in a browser.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumClientTests(ChromiumFixture browser) : ClientSpecification(browser, tls: false);
