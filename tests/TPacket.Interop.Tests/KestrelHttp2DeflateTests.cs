using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;

namespace TPacket.Interop.Tests;

/// <summary>Our client with Kestrel over HTTP/2, with compression.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelHttp2DeflateTests(KestrelFixture kestrel) : DeflateClientSpecification(kestrel.OverHttp2, transport: null);
