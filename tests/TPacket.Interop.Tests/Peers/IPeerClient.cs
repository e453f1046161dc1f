namespace TPacket.Interop.Tests.Peers;

/// <summary>An independent implementation in the client's role.</summary>
public interface IPeerClient
{
    /// <summary>Begins to connect; the first line of the peer is the result.</summary>
    Peer Connect(Uri uri, ClientOffer offer);
}
