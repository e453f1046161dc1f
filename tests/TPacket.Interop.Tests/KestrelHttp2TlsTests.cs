using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Kestrel over HTTP/2 behind TLS.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelHttp2TlsTests(KestrelFixture kestrel) : TlsClientSpecification(kestrel.OverHttp2, transport: null);
