namespace TPacket.Interop.Tests.Peers;

/// <summary>An independent implementation in the server's role.</summary>
public interface IPeerServer
{
    /// <summary>Makes ready for one connection.</summary>
    /// <param name="treatment">How it is treated, as a query: <c>refuse=302&amp;location=/1</c>, <c>protocol=chat</c>; empty to accept it.</param>
    /// <param name="deflate">What is accepted of permessage-deflate; nothing where null.</param>
    /// <param name="tls">Whether TLS is spoken.</param>
    /// <returns>Where to connect to, and what then becomes of it there.</returns>
    (Uri Uri, Peer Peer) Expect(string treatment = "", Agreement? deflate = null, bool tls = false);
}
