using System.Net;
using TPacket.Transports;
using TPacket.WebSockets;

namespace TPacket.Server;

/// <summary>A request to upgrade that an HTTP server has read, and the ways to answer it. TPacket.AspNetCore has the one for ASP.NET Core. Either answer is given at most once.</summary>
internal abstract class HttpUpgrade
{
    /// <summary>The request.</summary>
    public abstract UpgradeRequest Request { get; }

    /// <summary>The client's address, or null where the server does not know it. Stays the same.</summary>
    public abstract EndPoint? RemoteEndPoint { get; }

    /// <summary>Answers with an HTTP error.</summary>
    public abstract ValueTask RefuseAsync(HttpRefusal refusal);

    /// <summary>Upgrades: sends the answer, and gives what follows it.</summary>
    /// <returns>The connection behind the answer, not started, with <see cref="RemoteEndPoint"/>; it takes bytes already.</returns>
    public abstract ValueTask<TransportConnection> AcceptAsync(UpgradeAcceptance acceptance);
}
