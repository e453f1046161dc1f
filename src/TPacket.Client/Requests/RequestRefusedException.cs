using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>
/// Thrown when the server refuses a request with RESP_ERROR (docs/protocol.md, Error codes). The connection stays open, except after a refused
/// <see cref="TPacketClient.ConnectAsync"/>.
/// </summary>
public sealed class RequestRefusedException : TPacketClientException
{
    internal RequestRefusedException(Packet reply, ClientState state)
        : base($"The server has refused with {(PacketErrorCode)reply.P1}{(reply.Text.Length > 0 ? $": {reply.Text.TrimEnd('.')}" : "")}.", state) =>
        (Code, Text, Uid) = ((PacketErrorCode)reply.P1, reply.Text, reply.Uid);

    /// <summary>
    /// The error code. Codes of -1000 and below belong to the application. Other codes without a name belong to a newer server or to an extension,
    /// such as <see cref="TPacket.Games.GameErrorCode"/>.
    /// </summary>
    public PacketErrorCode Code { get; }

    /// <summary>The server's short English text for people; may be empty. It is untrusted text of the server.</summary>
    public string Text { get; }

    /// <summary>The uid of the refused packet, as in <see cref="Receipt.Uid"/>.</summary>
    public int Uid { get; }
}
