namespace TPacket.Interop.Tests.Peers;

/// <summary>An independent implementation in the client's role.</summary>
public interface IPeerClient
{
    /// <summary>Begins to connect; what it comes to is the first thing that the peer tells.</summary>
    Peer Connect(Uri uri, ClientOffer offer);
}
