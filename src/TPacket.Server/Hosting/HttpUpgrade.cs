using System.Net;
using TPacket.Transports;
using TPacket.WebSockets;
using TPacket.WebSockets.Handshake;

namespace TPacket.Server.Hosting;

/// <summary>
/// An upgrade request that an HTTP server has read, and the calls that answer the request.
/// TPacket.AspNetCore implements the class for ASP.NET Core. The engine gives one answer at most.
/// </summary>
internal abstract class HttpUpgrade
{
    /// <summary>The request.</summary>
    public abstract UpgradeRequest Request { get; }

    /// <summary>The client's address; null if the HTTP server does not know the address. The value does not change.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Answers with an HTTP error.</summary>
    public abstract ValueTask RefuseAsync(HttpRefusal refusal);

    /// <summary>Answers with 101 and returns the connection behind the answer.</summary>
    /// <returns>
    /// The connection, which is not started but accepts bytes to send. Its address is <see cref="RemoteEndPoint"/>. The engine owns the connection.
    /// </returns>
    public abstract ValueTask<TransportConnection> AcceptAsync(UpgradeAcceptance acceptance);
}
