using System.Buffers.Binary;
using System.Text;

namespace TPacket.Server.Redis.Nodes;

/// <summary>
/// A question or an answer between nodes. On the channel: the kind (1 byte), the number of the question (8), the sender (16), and the content.
/// </summary>
/// <param name="IsAnswer">Whether the message is an answer.</param>
/// <param name="Number">The number of the question, unique for the node that has asked it.</param>
/// <param name="Sender">The id of the node that sent the message.</param>
/// <param name="Content">The content. The content of a decoded message refers to the received bytes.</param>
internal readonly record struct NodeMessage(bool IsAnswer, long Number, string Sender, ReadOnlyMemory<byte> Content)
{
    private const int HeadBytes = 1 + sizeof(long) + Node.IdLength;
    private const byte Question = (byte)'q';
    private const byte Answer = (byte)'a';

    public byte[] ToArray()
    {
        var bytes = new byte[HeadBytes + Content.Length];
        bytes[0] = IsAnswer ? Answer : Question;
        BinaryPrimitives.WriteInt64LittleEndian(bytes.AsSpan(1), Number);
        Encoding.ASCII.GetBytes(Sender, bytes.AsSpan(1 + sizeof(long)));
        Content.CopyTo(bytes.AsMemory(HeadBytes));
        return bytes;
    }

    /// <summary>Decodes a message.</summary>
    /// <returns>False if this version does not know the kind of message.</returns>
    public static bool TryRead(ReadOnlyMemory<byte> bytes, out NodeMessage message)
    {
        message = default;
        if (bytes.Length < HeadBytes || bytes.Span[0] is not (Question or Answer))
            return false;
        var head = bytes.Span[..HeadBytes];
        message = new NodeMessage(head[0] == Answer, BinaryPrimitives.ReadInt64LittleEndian(head[1..]), Encoding.ASCII.GetString(head[(1 + sizeof(long))..]), bytes[HeadBytes..]);
        return true;
    }
}
