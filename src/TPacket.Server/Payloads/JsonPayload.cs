using System.Diagnostics.CodeAnalysis;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;

namespace TPacket.Server.Payloads;

/// <summary>Serializes values as JSON with the metadata of their types.</summary>
internal static class JsonPayload
{
    /// <exception cref="NotSupportedException">The options have no resolver, or the resolver does not know the type.</exception>
    public static JsonTypeInfo<T> TypeOf<T>(JsonSerializerOptions options)
    {
        ArgumentNullException.ThrowIfNull(options);
        return (JsonTypeInfo<T>)options.GetTypeInfo(typeof(T));
    }

    /// <returns>False if the data is not a value of the type.</returns>
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
            // NotSupportedException is thrown for an abstract type if the data does not name a derived type.
            value = default;
            return false;
        }
    }

    /// <summary>Returns the options of a writer that correspond to the options of the serializer.</summary>
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
