namespace TPacket.WebSockets.Compression;

/// <summary>Writes one <c>permessage-deflate</c> element with its parameters (RFC 7692, section 7.1).</summary>
internal ref struct DeflateElementWriter
{
    /// <summary>Upper bound of the length in bytes, for an element with all four parameters.</summary>
    public const int MaxLength = 128;

    private readonly Span<byte> _destination;

    public DeflateElementWriter(Span<byte> destination)
    {
        _destination = destination;
        Write(DeflateElement.ExtensionName);
    }

    /// <summary>Number of bytes written.</summary>
    public int Length { get; private set; }

    /// <summary>Appends a parameter without a value.</summary>
    public void Append(ReadOnlySpan<byte> name)
    {
        Write("; "u8);
        Write(name);
    }

    /// <summary>Appends a parameter with a value of 8 to 15.</summary>
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
