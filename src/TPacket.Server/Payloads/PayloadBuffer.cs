using System.Buffers;
using System.Text;

namespace TPacket.Server;

/// <summary>A buffer for the payload of one packet. Each thread keeps one for reuse.</summary>
internal readonly struct PayloadBuffer : IDisposable
{
    private const int MaxKeptBytes = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _kept;

    private readonly ArrayBufferWriter<byte> _writer;

    private PayloadBuffer(ArrayBufferWriter<byte> writer) => _writer = writer;

    /// <summary>The payload. Valid until the buffer is disposed of.</summary>
    public ReadOnlyMemory<byte> Data => _writer.WrittenMemory;

    /// <summary>Writes a text in UTF-8.</summary>
    public static PayloadBuffer Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = Take();
        Encoding.UTF8.GetBytes(text, buffer._writer);
        return buffer;
    }

    /// <summary>Writes a value.</summary>
    public static PayloadBuffer Of<T>(T value, IPayloadSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        var buffer = Take();
        serializer.Serialize(buffer._writer, value);
        return buffer;
    }

    public void Dispose()
    {
        if (_writer.Capacity > MaxKeptBytes)
            return;
        _writer.ResetWrittenCount();
        _kept = _writer;
    }

    private static PayloadBuffer Take()
    {
        var kept = _kept ?? new ArrayBufferWriter<byte>(256);
        _kept = null;
        return new PayloadBuffer(kept);
    }
}
