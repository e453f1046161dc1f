namespace TPacket.WebSockets.Compression;

/// <summary>Writes one <c>permessage-deflate</c> with its parameters.</summary>
internal ref struct DeflateElementWriter
{
    /// <summary>Length in bytes of one with all four parameters.</summary>
    public const int MaxLength = 128;

    private readonly Span<byte> _destination;

    public DeflateElementWriter(Span<byte> destination)
    {
        _destination = destination;
        Write(DeflateElement.ExtensionName);
    }

    /// <summary>How many bytes were written.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a parameter without a value.</summary>
    public void Append(ReadOnlySpan<byte> name)
    {
        Write("; "u8);
        Write(name);
    }

    /// <summary>Appends a parameter with 8 to 15 bits as its value.</summary>
    public void Append(ReadOnlySpan<byte> name, int windowBits)
    {
        Append(name);
        Write(windowBits < 10 ? "="u8 : "=1"u8);
        _destination[Length++] = (byte)('0' + (windowBits % 10));
    }

    private void Write(ReadOnlySpan<byte> text)
    {
        text.CopyTo(_destination[Length..]);
        Length += text.Length;
    }
}
