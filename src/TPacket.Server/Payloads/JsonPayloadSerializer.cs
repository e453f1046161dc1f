using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;
using TPacket.Server.Payloads;

namespace TPacket.Server;

/// <summary>
/// Serializes values as JSON with System.Text.Json and source-generated metadata.
/// It needs no reflection, and works in applications compiled ahead of time. Thread-safe.
/// </summary>
public sealed class JsonPayloadSerializer : IPayloadSerializer
{
    private readonly JsonSerializerOptions _options;
    private readonly JsonWriterOptions _writing;

    /// <summary>Creates a serializer for the types of a source-generated context.</summary>
    /// <param name="context">The source-generated context.</param>
    public JsonPayloadSerializer(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_options, _writing) = (context.Options, JsonPayload.WriterOptions(context.Options));
    }

    /// <summary>Creates a serializer for the types of the options' resolver.</summary>
    /// <param name="options">The options, which become read-only.</param>
    /// <exception cref="InvalidOperationException">The options have no <see cref="JsonSerializerOptions.TypeInfoResolver"/>.</exception>
    public JsonPayloadSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.MakeReadOnly();
        (_options, _writing) = (options, JsonPayload.WriterOptions(options));
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The context does not have the type.</exception>
    public void Serialize<T>(IBufferWriter<byte> destination, T value)
    {
        using var writer = new Utf8JsonWriter(destination, _writing);
        JsonSerializer.Serialize(writer, value, TypeInfo<T>());
    }

    /// <inheritdoc/>
    /// <exception cref="NotSupportedException">The context does not have the type.</exception>
    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value) => JsonPayload.TryRead(data.Span, TypeInfo<T>(), out value);

    private JsonTypeInfo<T> TypeInfo<T>() => JsonPayload.TypeOf<T>(_options);
}
