namespace TPacket.Interop.Tests.Peers;

/// <summary>An independent implementation in the server's role.</summary>
public interface IPeerServer
{
    /// <summary>Prepares for one connection.</summary>
    /// <param name="treatment">The server's reaction, as a query: <c>refuse=302&amp;location=/1</c>, <c>protocol=chat</c>; empty to accept it.</param>
    /// <param name="deflate">The accepted parameters of permessage-deflate; null for no compression.</param>
    /// <param name="tls">Whether the server uses TLS.</param>
    /// <returns>The address, and the server's end of the connection.</returns>
    (Uri Uri, Peer Peer) Expect(string treatment = "", Agreement? deflate = null, bool tls = false);
}
