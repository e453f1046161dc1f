using System.Buffers;
using System.Text;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server.Payloads;

/// <summary>A pooled buffer for the payload of a packet. Each thread keeps one buffer for reuse.</summary>
internal readonly struct PayloadBuffer : IDisposable
{
    private const int MaxKeptBytes = 16 * 1024;

    [ThreadStatic]
    private static ArrayBufferWriter<byte>? _kept;

    private readonly ArrayBufferWriter<byte> _writer;

    private PayloadBuffer(ArrayBufferWriter<byte> writer) => _writer = writer;

    /// <summary>The payload. Valid until the buffer is disposed of.</summary>
    public ReadOnlyMemory<byte> Data => _writer.WrittenMemory;

    /// <summary>Creates a buffer with a text in UTF-8.</summary>
    public static PayloadBuffer Of(string text)
    {
        ArgumentNullException.ThrowIfNull(text);
        var buffer = Take();
        Encoding.UTF8.GetBytes(text, buffer._writer);
        return buffer;
    }

    /// <summary>Creates a buffer with a serialized value.</summary>
    public static PayloadBuffer Of<T>(T value, IPayloadSerializer serializer)
    {
        ArgumentNullException.ThrowIfNull(serializer);
        var buffer = Take();
        serializer.Serialize(buffer._writer, value);
        return buffer;
    }

    /// <summary>Creates a buffer with a value as JSON.</summary>
    public static PayloadBuffer Of<T>(T value, JsonTypeInfo<T> type)
    {
        ArgumentNullException.ThrowIfNull(type);
        var buffer = Take();
        using var writer = new Utf8JsonWriter(buffer._writer, JsonPayload.WriterOptions(type.Options));
        JsonSerializer.Serialize(writer, value, type);
        return buffer;
    }

    /// <summary>Creates a buffer with a value as JSON.</summary>
    public static PayloadBuffer Of<T>(T value, JsonSerializerOptions options) => Of(value, JsonPayload.TypeOf<T>(options));

    /// <summary>Copies the payload and disposes of the buffer.</summary>
    public byte[] TakeArray()
    {
        var array = Data.ToArray();
        Dispose();
        return array;
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
