namespace TPacket.Server;

/// <summary>Thrown when a store fails, or does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>. The inner exception is the cause.</summary>
public class RoomStoreException : Exception
{
    /// <summary>Creates an exception.</summary>
    /// <param name="message">A sentence for the log.</param>
    /// <param name="isOutcomeUnknown">Whether the operation may have taken effect in spite of the failure.</param>
    /// <param name="innerException">The cause; null for none.</param>
    public RoomStoreException(string message, bool isOutcomeUnknown, Exception? innerException = null)
        : base(message, innerException) => IsOutcomeUnknown = isOutcomeUnknown;

    /// <summary>Whether the operation may have taken effect in spite of the failure. Repeat an append with the same <see cref="RequestId"/> to find out.</summary>
    public bool IsOutcomeUnknown { get; }
}
