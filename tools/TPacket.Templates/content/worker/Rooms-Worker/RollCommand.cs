using System.Security.Cryptography;
using TPacket.Protocol;
using TPacket.Server;

namespace Rooms_Worker;

/// <summary>Rolls a die with p1 sides, announces the number in the user's room, and returns it in p1 of the reply.</summary>
internal sealed class RollCommand : ICommandHandler
{
    /// <summary>The command's number. Applications use numbers from 256 up.</summary>
    public const int Number = 256;

    public async ValueTask HandleAsync(CommandContext context)
    {
        if (context.Room is not { } room)
        {
            context.ReplyError(PacketErrorCode.NotInRoom, "Enter a room first.");
            return;
        }

        if (context.P1 is < 2 or > 1000)
        {
            context.ReplyError(PacketErrorCode.InvalidArgument, "A die has 2 to 1000 sides.");
            return;
        }

        var number = RandomNumberGenerator.GetInt32(context.P1) + 1;
        await room.AnnounceAsync($"{context.User.Nick} rolls {number} of {context.P1}.");
        context.Reply(Number, p1: number);
    }
}
