using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server;

/// <summary>Values in JSON, by the metadata of their types.</summary>
internal static class JsonPayload
{
    /// <exception cref="NotSupportedException">The options have no resolver, or it does not know the type.</exception>
    public static JsonTypeInfo<T> TypeOf<T>(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <returns>False where the data is no such value.</returns>
    public static bool TryRead<T>(ReadOnlySpan<byte> data, JsonTypeInfo<T> type, [NotNullWhen(true)] out T? value)
    {
        ArgumentNullException.ThrowIfNull(type);
        try
        {
            value = JsonSerializer.Deserialize(data, type);
            return value is not null;
        }
        catch (Exception e) when (e is JsonException or NotSupportedException)
        {
            // The latter for an abstract type, of which the data does not say which one it is.
            value = default;
            return false;
        }
    }

    /// <summary>The settings of the writer that follow from the options of the serializer.</summary>
    public static JsonWriterOptions WriterOptions(JsonSerializerOptions options) => new()
    {
        Encoder = options.Encoder,
        Indented = options.WriteIndented,
        IndentCharacter = options.IndentCharacter,
        IndentSize = options.IndentSize,
        NewLine = options.NewLine,
        MaxDepth = options.MaxDepth,
        SkipValidation = true,
    };
}
