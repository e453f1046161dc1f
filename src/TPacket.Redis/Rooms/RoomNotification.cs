using System.Buffers.Binary;
using System.Globalization;
using System.Text;

namespace TPacket.Server.Redis.Rooms;

/// <summary>A node's notification of the events of an append.</summary>
/// <param name="Room">The room.</param>
/// <param name="Epoch">The epoch of the room's log.</param>
/// <param name="Previous">The check before the first event.</param>
/// <param name="Events">The events.</param>
internal sealed record RoomNotification(string Room, ulong Epoch, ulong Previous, RoomEvent[] Events)
{
    /// <summary>Decodes a message of a node's channel. The events refer to the bytes of the message.</summary>
    public static RoomNotification Read(ReadOnlyMemory<byte> message)
    {
        var nameLength = BinaryPrimitives.ReadUInt16LittleEndian(message.Span);
        var room = Encoding.UTF8.GetString(message.Span.Slice(2, nameLength));
        var epoch = ulong.Parse(message.Span.Slice(2 + nameLength, 16), NumberStyles.AllowHexSpecifier, CultureInfo.InvariantCulture);
        message = message[(18 + nameLength)..];
        var events = new RoomEvent[BinaryPrimitives.ReadInt32LittleEndian(message.Span)];
        message = message[4..];
        var previous = 0UL;
        for (var i = 0; i < events.Length; i++)
        {
            var length = BinaryPrimitives.ReadInt32LittleEndian(message.Span);
            events[i] = EventEntry.Unpack(message.Slice(4, length), out var before);
            if (i == 0)
                previous = before;
            message = message[(4 + length)..];
        }

        return new RoomNotification(room, epoch, previous, events);
    }
}
