namespace TPacket.WebSockets.Tests;

/// <summary>A text message in unmasked frames.</summary>
/// <param name="Bytes">The frames.</param>
/// <param name="Ends">For each byte of the text, the index after it in the frames.</param>
internal sealed record TextFrames(byte[] Bytes, int[] Ends)
{
    public static TextFrames Of(params byte[][] fragments)
    {
        var bytes = new List<byte>();
        var ends = new List<int>();
        for (var i = 0; i < fragments.Length; i++)
        {
            var fin = i == fragments.Length - 1 ? 0x80 : 0x00;
            bytes.AddRange(ServerFrames.Frame((byte)(fin | (i == 0 ? 0x01 : 0x00)), fragments[i]));
            ends.AddRange(Enumerable.Range(bytes.Count - fragments[i].Length + 1, fragments[i].Length));
        }

        return new TextFrames([.. bytes], [.. ends]);
    }

    /// <summary>Returns the frames up to a byte of the text; all of them if the index is the text's length.</summary>
    public byte[] UpTo(int index) => index < Ends.Length ? Bytes[..Ends[index]] : Bytes;
}
