using TPacket.Protocol;
using TPacket.Server;

namespace CustomCommands;

/// <summary>
/// Rolls dice and broadcasts the result: as a message of the roller, which all clients show, and as a packet for members that accept it. The command runs in the room's turn, so only broadcasts of the
/// host itself can come between the message and the packet.
/// </summary>
internal sealed class RollDiceCommand(IDice dice) : ICommandHandler
{
    private const int FewestSides = 2;
    private const int MostSides = 1000;

    public async ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not { } room)
        {
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
            return;
        }

        if (context.P1 is < FewestSides or > MostSides)
        {
            context.ReplyError(PacketErrorCode.InvalidArgument, $"Dice have {FewestSides} to {MostSides} sides.");
            return;
        }

        var number = dice.Roll(context.P1);
        await room.SayAsync(context.User, $"rolls {number} of {context.P1}");
        await room.BroadcastAsync(AppCommand.DiceRolled, context.User.Id, number);
        context.ReplyOk();
    }
}
