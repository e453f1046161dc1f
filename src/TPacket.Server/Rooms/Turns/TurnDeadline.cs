using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms.Turns;

/// <summary>The deadline of the wait for a room's turn (<see cref="TPacketServerOptions.TurnTimeout"/>). Logs the holder of a turn that exceeds it.</summary>
internal sealed class TurnDeadline(TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<TurnDeadline> logger)
{
    public TimeSpan Timeout => options.Value.TurnTimeout;

    public TimeProvider TimeProvider => timeProvider;

    /// <summary>Logs the command that holds a turn; null for work of the application.</summary>
    public void OnHeldTooLong(string room, int? command) =>
        RoomLog.TurnHeld(logger, room, Timeout, command is { } number ? $"command {number}" : nameof(IRoom.RunInTurnAsync));
}
