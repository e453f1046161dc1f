namespace TPacket.WebSockets;

/// <summary>A message that a <see cref="WebSocketChannel"/> has received.</summary>
/// <param name="Type">Text, which is valid UTF-8, or binary.</param>
/// <param name="Payload">
/// The payload. Its memory belongs to the channel and is valid until the next call of <see cref="WebSocketChannel.ReceiveAsync"/> or the channel's disposal;
/// copy it to keep it longer.
/// </param>
public readonly record struct ReceivedMessage(MessageType Type, ReadOnlyMemory<byte> Payload);
