using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server;

/// <summary>Turns the application's values into the data of packets and back. One instance serves the whole server and is called from many threads.</summary>
public interface IPayloadSerializer
{
    /// <summary>Writes a value.</summary>
    /// <typeparam name="T">The value's type, as the caller names it.</typeparam>
    /// <param name="destination">Receives the data; not used after the call has returned.</param>
    /// <param name="value">The value.</param>
    void Serialize<T>(IBufferWriter<byte> destination, T value);

    /// <summary>Reads a value from data that a client has sent.</summary>
    /// <typeparam name="T">The value's type, as the caller names it.</typeparam>
    /// <param name="data">Valid until the call returns.</param>
    /// <param name="value">The value; null where there is none.</param>
    /// <returns>False where the data is no such value. An implementation throws for no data of a client.</returns>
    bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value);
}
