using System.Net;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>Judges upgrade requests: path, origin, headers, address. Called from many threads, event loops among them: it may wait, and must not block.</summary>
public interface IHandshakePolicy
{
    /// <summary>Accepts a well-formed request, or refuses it with an HTTP status and a text.</summary>
    /// <param name="request">The request.</param>
    /// <param name="remoteEndPoint">The client's address, or null where the transport has none.</param>
    ValueTask<UpgradeDecision> DecideAsync(UpgradeRequest request, EndPoint? remoteEndPoint);
}
