using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>A transport on Unix domain sockets, which have no resets.</summary>
internal sealed class UnixTransport(Transport inner) : TestTransport(inner)
{
    public override EndPoint Address => NewAddress();

    public override bool Resets => false;

    /// <summary>Creates the address of a file that does not exist. It is short, since such a path has at most about 100 bytes.</summary>
    public static UnixDomainSocketEndPoint NewAddress() => new(Path.Combine(Path.GetTempPath(), $"tp-{Guid.NewGuid():N}"));
}
