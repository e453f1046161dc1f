namespace TPacket.Server.Tests;

/// <summary>The hostile peers of <see cref="BadFramesTests"/> and <see cref="BadHandshakeTests"/> on each transport.</summary>
public static class HostilePeerTests
{
    public class FramesOnSockets() : BadFramesTests(TransportKind.Sockets);

    public class FramesOnTheFastest() : BadFramesTests(TransportKind.Auto);

    public class HandshakesOnSockets() : BadHandshakeTests(TransportKind.Sockets);

    public class HandshakesOnTheFastest() : BadHandshakeTests(TransportKind.Auto);
}
