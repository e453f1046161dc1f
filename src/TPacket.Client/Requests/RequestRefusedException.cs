using TPacket.Protocol;

namespace TPacket.Client;

/// <summary>The server has refused a request (RESP_ERROR). The connection goes on.</summary>
public sealed class RequestRefusedException : TPacketClientException
{
    internal RequestRefusedException(Packet reply, ClientState state)
        : base($"The server has refused with {(PacketErrorCode)reply.P1}{(reply.Text.Length > 0 ? $": {reply.Text.TrimEnd('.')}" : "")}.", state) =>
        (Code, Text, Uid) = ((PacketErrorCode)reply.P1, reply.Text, reply.Uid);

    /// <summary>Why. A value without a name is the application's.</summary>
    public PacketErrorCode Code { get; }

    /// <summary>What the server says, a short text for people; may be empty.</summary>
    public string Text { get; }

    /// <summary>The uid of the packet that was refused.</summary>
    public int Uid { get; }
}
