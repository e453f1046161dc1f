using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Kestrel behind TLS.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelTlsTests(KestrelFixture kestrel) : TlsClientSpecification(kestrel, Transport.CreateFastest());
