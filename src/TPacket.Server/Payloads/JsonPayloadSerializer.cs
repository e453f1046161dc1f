using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>JSON by System.Text.Json, with the metadata that its source generator makes: works without reflection, also in natively compiled applications.</summary>
public sealed class JsonPayloadSerializer : IPayloadSerializer
{
    private readonly JsonSerializerOptions _options;
    private readonly JsonWriterOptions _writing;

    /// <summary>Serializes the types of a context.</summary>
    /// <param name="context">A context of the source generator.</param>
    public JsonPayloadSerializer(JsonSerializerContext context)
    {
        ArgumentNullException.ThrowIfNull(context);
        (_options, _writing) = (context.Options, WriterOptions(context.Options));
    }

    /// <summary>Serializes the types that the options have a resolver for.</summary>
    /// <param name="options">Made read-only.</param>
    /// <exception cref="InvalidOperationException">The options have no <see cref="JsonSerializerOptions.TypeInfoResolver"/>.</exception>
    public JsonPayloadSerializer(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        options.MakeReadOnly();
        (_options, _writing) = (options, WriterOptions(options));
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
    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value)
    {
        var type = TypeInfo<T>();
        try
        {
            value = JsonSerializer.Deserialize(data.Span, type);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // The latter for an abstract type, of which the data does not say which one it is.
            value = default;
            return false;
        }
    }

    private static JsonWriterOptions WriterOptions(JsonSerializerOptions options) => new()
    {
        Encoder = options.Encoder,
        Indented = options.WriteIndented,
        IndentCharacter = options.IndentCharacter,
        IndentSize = options.IndentSize,
        NewLine = options.NewLine,
        MaxDepth = options.MaxDepth,
        SkipValidation = true,
    };

    private JsonTypeInfo<T> TypeInfo<T>() => (JsonTypeInfo<T>)_options.GetTypeInfo(typeof(T));
}
