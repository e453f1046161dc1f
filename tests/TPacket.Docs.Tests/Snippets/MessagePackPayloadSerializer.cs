// begin-snippet: rules-messagepack
using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using MessagePack;
using TPacket.Server;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: rules-messagepack
internal sealed class MessagePackPayloadSerializer : IPayloadSerializer
{
    // The data comes from clients.
    private static readonly MessagePackSerializerOptions _options = MessagePackSerializerOptions.Standard.WithSecurity(MessagePackSecurity.UntrustedData);

    public void Serialize<T>(IBufferWriter<byte> destination, T value) => MessagePackSerializer.Serialize(destination, value, _options);

    public bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value)
    {
        try
        {
            value = MessagePackSerializer.Deserialize<T>(data, _options);
            return value is not null;
        }
        catch (MessagePackSerializationException)
        {
            value = default;
            return false;
        }
    }
}

[MessagePackObject]
public sealed record Move([property: Key(0)] int X, [property: Key(1)] int Y);

[Union(0, typeof(Moved)), Union(1, typeof(GameOver))]
public abstract record BoardEvent;

[MessagePackObject]
public sealed record Moved([property: Key(0)] int X, [property: Key(1)] int Y) : BoardEvent;

[MessagePackObject]
public sealed record GameOver([property: Key(0)] string Winner) : BoardEvent;
// end-snippet
