using TPacket.Interop.Tests.Peers;
using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>Our client on the fastest transport, epoll on Linux, with Kestrel.</summary>
[Collection(nameof(KestrelCollection))]
public sealed class KestrelTests(KestrelFixture kestrel) : Http11ClientSpecification(kestrel, Transport.CreateFastest());
