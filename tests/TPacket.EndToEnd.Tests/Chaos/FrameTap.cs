using System.Buffers.Binary;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>Parses the messages of one direction of a WebSocket connection, after its HTTP head.</summary>
/// <param name="received">Receives each packet.</param>
internal sealed class FrameTap(Action<WirePacket> received)
{
    private const int Final = 0x80;
    private const int Masked = 0x80;
    private const int Continuation = 0;
    private const int Binary = 2;

    private readonly List<byte> _message = [];
    private byte[] _bytes = [];
    private bool _isPastHead;

    public void Take(ReadOnlySpan<byte> bytes)
    {
        _bytes = [.. _bytes, .. bytes];
        var rest = _bytes.AsSpan();
        if (!_isPastHead)
        {
            var end = rest.IndexOf("\r\n\r\n"u8);
            if (end < 0)
                return;
            _isPastHead = true;
            rest = rest[(end + 4)..];
        }

        while (TryTakeFrame(ref rest))
        {
        }

        _bytes = rest.ToArray();
    }

    private bool TryTakeFrame(ref Span<byte> rest)
    {
        if (rest.Length < 2)
            return false;
        var length = rest[1] & ~Masked;
        var head = length switch { 126 => 4, 127 => 10, _ => 2 };
        var mask = (rest[1] & Masked) != 0 ? 4 : 0;
        if (rest.Length < head + mask)
            return false;
        length = length switch
        {
            126 => BinaryPrimitives.ReadUInt16BigEndian(rest[2..]),
            127 => checked((int)BinaryPrimitives.ReadInt64BigEndian(rest[2..])),
            _ => length,
        };
        if (rest.Length < head + mask + length)
            return false;
        var payload = rest.Slice(head + mask, length);
        for (var i = 0; mask > 0 && i < length; i++)
            payload[i] ^= rest[head + (i % 4)];
        Take(rest[0], payload);
        rest = rest[(head + mask + length)..];
        return true;
    }

    private void Take(byte first, ReadOnlySpan<byte> payload)
    {
        if ((first & 0xF) is not (Continuation or Binary))
            return;
        _message.AddRange(payload);
        if ((first & Final) == 0)
            return;
        received(WirePacket.Decode(_message.ToArray()));
        _message.Clear();
    }
}
