namespace TPacket.Server;

/// <summary>
/// Thrown when a room cannot be opened because of its rules: this server has other rules or another version, or the rules fail to compute the state.
/// </summary>
/// <param name="message">A sentence for the log and for clients.</param>
/// <param name="innerException">The exception that the rules have thrown; null for none.</param>
public sealed class RoomRulesException(string message, Exception? innerException = null) : RoomStoreException(message, isOutcomeUnknown: false, innerException);
