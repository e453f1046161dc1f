using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TPacket.Server.Diagnostics;

namespace TPacket.Server.Rooms.Turns;

/// <summary>How long work waits for a room's turn (<see cref="TPacketServerOptions.TurnTimeout"/>), and the log entry that names what has held it.</summary>
internal sealed class TurnDeadline(TimeProvider timeProvider, IOptions<TPacketServerOptions> options, ILogger<TurnDeadline> logger)
{
    public TimeSpan Timeout => options.Value.TurnTimeout;

    public TimeProvider TimeProvider => timeProvider;

    public void OnHeldTooLong(string room, int? command) =>
        RoomLog.TurnHeld(logger, room, Timeout, command is { } number ? $"command {number}" : nameof(IRoom.RunInTurnAsync));
}
