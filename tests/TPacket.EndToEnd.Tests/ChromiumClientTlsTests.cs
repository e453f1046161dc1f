using TPacket.EndToEnd.Tests.Harness;

namespace TPacket.EndToEnd.Tests;

/// <summary>The TypeScript client's bundle in a browser, with TLS.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumClientTlsTests(ChromiumFixture browser) : ClientSpecification(browser, tls: true);
