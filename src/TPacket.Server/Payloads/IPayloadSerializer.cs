using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace TPacket.Server;

/// <summary>
/// Serializes values of the application to the data of packets, and deserializes them. One instance serves the whole server and is called from many threads.
/// </summary>
public interface IPayloadSerializer
{
    /// <summary>Serializes a value.</summary>
    /// <typeparam name="T">The declared type of the value.</typeparam>
    /// <param name="destination">Receives the data. The implementation must not use it after the call has returned.</param>
    /// <param name="value">The value.</param>
    void Serialize<T>(IBufferWriter<byte> destination, T value);

    /// <summary>Deserializes a value from data that a client has sent.</summary>
    /// <typeparam name="T">The declared type of the value.</typeparam>
    /// <param name="data">The data; valid until the call returns.</param>
    /// <param name="value">The value; null if the data is invalid.</param>
    /// <returns>False if the data is not a value of the type. An implementation must not throw for any data.</returns>
    bool TryDeserialize<T>(ReadOnlyMemory<byte> data, [NotNullWhen(true)] out T? value);
}
