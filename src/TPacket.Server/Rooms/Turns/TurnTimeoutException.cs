using TPacket.Diagnostics;

namespace TPacket.Server.Rooms.Turns;

/// <summary>
/// Thrown when a room's turn was not free in time. The work did not run.
/// The caller does not log the exception, because the queue has logged the holder of the turn.
/// </summary>
internal sealed class TurnTimeoutException(string room) : TimeoutException($"The turn of room '{Printable.Escape(room)}' was not free in time.");
