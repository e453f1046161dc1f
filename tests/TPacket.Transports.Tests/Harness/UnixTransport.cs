using System.Net;
using System.Net.Sockets;

namespace TPacket.Transports.Tests.Harness;

/// <summary>Unix domain sockets. Their ends are all in order.</summary>
internal sealed class UnixTransport(Transport inner) : TestTransport(inner)
{
    public override EndPoint Address => NewAddress();

    public override bool Resets => false;

    /// <summary>A file that is not there; short, since such paths have about a hundred bytes.</summary>
    public static UnixDomainSocketEndPoint NewAddress() => new(Path.Combine(Path.GetTempPath(), $"tp-{Guid.NewGuid():N}"));
}
