namespace TPacket.Server;

/// <summary>Thrown when a room's store fails, or does not answer within <see cref="TPacketServerOptions.StoreTimeout"/>. The cause is the inner exception.</summary>
public class RoomStoreException : Exception
{
    /// <summary>Describes a failure.</summary>
    /// <param name="message">A sentence for the log.</param>
    /// <param name="isOutcomeUnknown">Whether the operation may have taken effect nevertheless.</param>
    /// <param name="innerException">The cause, where there is one.</param>
    public RoomStoreException(string message, bool isOutcomeUnknown, Exception? innerException = null)
        : base(message, innerException) => IsOutcomeUnknown = isOutcomeUnknown;

    /// <summary>Whether the operation may have taken effect nevertheless: a repeated request with the same <see cref="RequestId"/> tells.</summary>
    public bool IsOutcomeUnknown { get; }
}
