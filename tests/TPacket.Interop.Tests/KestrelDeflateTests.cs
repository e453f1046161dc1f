using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Kestrel, with compression.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelDeflateTests(KestrelFixture kestrel) : DeflateClientSpecification(kestrel, Transport.CreateFastest());
