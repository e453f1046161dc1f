using TPacket.Interop.Tests.Specifications;
using TPacket.Transports;

namespace TPacket.Interop.Tests;

/// <summary>.NET's client with our server on System.Net.Sockets.</summary>
public sealed class FrameworkClientOnSocketsTests() : FrameworkClientSpecification(static () => new SocketTransport());
