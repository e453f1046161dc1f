using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>The ends of connections on System.Net.Sockets.</summary>
public sealed class EndingOnSocketsTests() : EndingSpecification(static () => new SocketTransport());
