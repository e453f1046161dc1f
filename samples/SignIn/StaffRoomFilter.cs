using System.Security.Claims;
using Microsoft.AspNetCore.Authorization;
using TPacket.Protocol;
using TPacket.Server;

namespace SignIn;

/// <summary>Admits only users that satisfy <see cref="SignInPolicy.Staff"/> to the room <c>staff</c>.</summary>
internal sealed class StaffRoomFilter : IPacketFilter
{
    public ValueTask InvokeAsync(CommandContext context, PacketDelegate next) =>
        context.Command == (int)PacketCommand.SetRoom && context.Data.Span.SequenceEqual("staff"u8) ? AdmitAsync(context, next) : next(context);

    private static async ValueTask AdmitAsync(CommandContext context, PacketDelegate next)
    {
        var authorization = context.Services.GetRequiredService<IAuthorizationService>();
        var result = await authorization.AuthorizeAsync(context.User.Principal ?? new ClaimsPrincipal(), SignInPolicy.Staff);
        if (result.Succeeded)
            await next(context);
        else
            context.ReplyError(PacketErrorCode.Refused, "This room is for the staff.");
    }
}
