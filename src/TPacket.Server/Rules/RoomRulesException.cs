namespace TPacket.Server;

/// <summary>Thrown when a room cannot be opened because of its rules: this server does not have them, or has another version.</summary>
/// <param name="message">A sentence for the log and for clients.</param>
public sealed class RoomRulesException(string message) : Exception(message);
