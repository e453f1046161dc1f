namespace TPacket.WebSockets;

/// <summary>A whole message that a <see cref="WebSocketChannel"/> has received.</summary>
/// <param name="Type">Text, which is valid UTF-8, or binary.</param>
/// <param name="Payload">Valid until the next call of <see cref="WebSocketChannel.ReceiveAsync"/> or the channel's disposal: what is needed later has to be copied.</param>
public readonly record struct ReceivedMessage(MessageType Type, ReadOnlyMemory<byte> Payload);
