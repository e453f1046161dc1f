namespace TPacket.Server;

/// <summary>Thrown when a room cannot be opened because of its rules: this server does not have them, has another version, or they fail to compute the state.</summary>
/// <param name="message">A sentence for the log and for clients.</param>
/// <param name="innerException">What the rules have thrown, where they have.</param>
public sealed class RoomRulesException(string message, Exception? innerException = null) : RoomStoreException(message, isOutcomeUnknown: false, innerException);
