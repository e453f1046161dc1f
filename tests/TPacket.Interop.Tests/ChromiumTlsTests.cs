using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>A browser with our server behind TLS.</summary>
[Collection(nameof(ChromiumCollection))]
public sealed class ChromiumTlsTests(ChromiumFixture browser) : TlsServerSpecification(browser, static () => Transport.CreateFastest());
