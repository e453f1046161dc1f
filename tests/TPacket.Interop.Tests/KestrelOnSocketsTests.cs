using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client on System.Net.Sockets with Kestrel.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelOnSocketsTests(KestrelFixture kestrel) : Http11ClientSpecification(kestrel, new SocketTransport());
