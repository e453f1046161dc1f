using TPacket.Transports.Sockets;

namespace TPacket.Transports.Tests;

#pragma warning disable CA2000 // The specification disposes of it.

public sealed class SocketTransportTests : TransportSpecification
{
    protected override Transport Create() => new SocketTransport();
}

public sealed class SocketListenerTests : ListenerSpecification
{
    protected override Transport Create() => new SocketTransport();
}

/// <summary>On Linux epoll with one loop; elsewhere whatever the fastest is.</summary>
public sealed class OneLoopTransportTests : TransportSpecification
{
    protected override Transport Create() => Transport.CreateFastest(eventLoops: 1);
}

public sealed class OneLoopListenerTests : ListenerSpecification
{
    protected override Transport Create() => Transport.CreateFastest(eventLoops: 1);
}

/// <summary>On Linux epoll with more loops than one; elsewhere whatever the fastest is.</summary>
public sealed class ManyLoopsTransportTests : TransportSpecification
{
    protected override Transport Create() => Transport.CreateFastest(eventLoops: 3);
}

public sealed class ManyLoopsListenerTests : ListenerSpecification
{
    protected override Transport Create() => Transport.CreateFastest(eventLoops: 3);
}
