using System.Buffers.Binary;

namespace TPacket.Server.Tests.Harness;

/// <summary>Encodes frames of a client, valid and invalid.</summary>
internal static class ClientFrame
{
    private static readonly byte[] _mask = [0x12, 0x34, 0x56, 0x78];

    public static byte[] Binary(byte[] payload) => Write(ServerFrame.Binary, payload);

    public static byte[] Binary(Packet packet) => Binary(packet.Encode());

    public static byte[] Close(int status, string reason = "")
    {
        var payload = new byte[2 + reason.Length];
        BinaryPrimitives.WriteUInt16BigEndian(payload, (ushort)status);
        System.Text.Encoding.ASCII.GetBytes(reason, payload.AsSpan(2));
        return Write(ServerFrame.Close, payload);
    }

    public static byte[] Write(int opcode, byte[] payload, bool fin = true, bool masked = true)
    {
        var masking = payload.ToArray();
        for (var i = 0; masked && i < masking.Length; i++)
            masking[i] ^= _mask[i % 4];
        return [.. Header(opcode, payload.Length, fin, masked), .. masking];
    }

    /// <summary>Encodes a header with any length, whatever follows it.</summary>
    public static byte[] Header(int opcode, long length, bool fin = true, bool masked = true)
    {
        var first = (byte)(opcode | (fin ? 0x80 : 0));
        var maskBit = masked ? 0x80 : 0;
        byte[] lengthBytes;
        if (length is >= 0 and < 126)
        {
            lengthBytes = [(byte)(maskBit | (int)length)];
        }
        else if (length is >= 0 and <= ushort.MaxValue)
        {
            lengthBytes = [(byte)(maskBit | 126), (byte)(length >> 8), (byte)length];
        }
        else
        {
            lengthBytes = new byte[9];
            lengthBytes[0] = (byte)(maskBit | 127);
            BinaryPrimitives.WriteInt64BigEndian(lengthBytes.AsSpan(1), length);
        }

        return [first, .. lengthBytes, .. masked ? _mask : []];
    }
}
