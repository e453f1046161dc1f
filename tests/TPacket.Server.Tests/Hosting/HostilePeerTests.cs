using TPacket.Server.Tests.Handshake;
using TPacket.Server.Tests.Sessions;

namespace TPacket.Server.Tests.Hosting;

/// <summary>The hostile peers of <see cref="BadFramesTests"/> and <see cref="BadHandshakeTests"/> on each transport.</summary>
public static class HostilePeerTests
{
    public class FramesOnSockets() : BadFramesTests(TransportKind.Sockets);

    public class FramesOnTheFastest() : BadFramesTests(TransportKind.Auto);

    public class HandshakesOnSockets() : BadHandshakeTests(TransportKind.Sockets);

    public class HandshakesOnTheFastest() : BadHandshakeTests(TransportKind.Auto);
}
