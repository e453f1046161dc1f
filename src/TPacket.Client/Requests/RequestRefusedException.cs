using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>Thrown when the server refuses a request with RESP_ERROR. The connection stays open.</summary>
public sealed class RequestRefusedException : TPacketClientException
{
    internal RequestRefusedException(Packet reply, ClientState state)
        : base($"The server has refused with {(PacketErrorCode)reply.P1}{(reply.Text.Length > 0 ? $": {reply.Text.TrimEnd('.')}" : "")}.", state) =>
        (Code, Text, Uid) = ((PacketErrorCode)reply.P1, reply.Text, reply.Uid);

    /// <summary>The error code. Values without a name belong to the application.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>The server's short text for people; may be empty.</summary>
    public string Text { get; }

    /// <summary>The uid of the refused packet.</summary>
    public int Uid { get; }
}
