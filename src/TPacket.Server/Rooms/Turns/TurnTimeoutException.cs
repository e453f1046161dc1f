using TPacket.Diagnostics;

namespace TPacket.Server.Rooms.Turns;

/// <summary>A room's turn did not come in time. The work did not run, and has no fault of its own to log.</summary>
internal sealed class TurnTimeoutException(string room) : TimeoutException($"The turn of room '{Printable.Escape(room)}' was not free in time.");
