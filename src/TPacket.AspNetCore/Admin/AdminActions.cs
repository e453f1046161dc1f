using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>Does what an operator asks for, and logs who has asked.</summary>
internal sealed class AdminActions(IClusterAdmin admin, ICluster cluster, ILogger logger)
{
    public async Task AnnounceAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(action.Text))
            throw new BadHttpRequestException("An announcement has a text.");
        var rooms = await admin.AnnounceAsync(action.Room, action.Text, context.RequestAborted).ConfigureAwait(false);
        AdminLog.Announced(logger, NameOf(context), Printable.Escape(action.Room ?? "*"), rooms, Printable.Escape(action.Text));
        await AnswerAsync(context, rooms, action.Room is null ? "No room has members." : "No room of that name has members.").ConfigureAwait(false);
    }

    public async Task KickAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (action.User is not { } user)
            throw new BadHttpRequestException("A kick names a user by its id.");
        var isDone = await cluster.DisconnectAsync(user, action.Text ?? "", context.RequestAborted).ConfigureAwait(false);
        if (isDone)
            AdminLog.Kicked(logger, NameOf(context), user, Printable.Escape(action.Text ?? ""));
        await AnswerAsync(context, isDone ? 1 : 0, "No server has a user of that id.").ConfigureAwait(false);
    }

    public async Task CloseAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (string.IsNullOrEmpty(action.Room))
            throw new BadHttpRequestException("A room that is to be closed has a name.");
        if (!string.IsNullOrWhiteSpace(action.Text))
            await admin.AnnounceAsync(action.Room, action.Text, context.RequestAborted).ConfigureAwait(false);
        var members = await admin.CloseRoomAsync(action.Room, context.RequestAborted).ConfigureAwait(false);
        if (members > 0)
            AdminLog.Closed(logger, NameOf(context), Printable.Escape(action.Room), members);
        await AnswerAsync(context, members, "No room of that name has members.").ConfigureAwait(false);
    }

    public async Task DrainAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (string.IsNullOrEmpty(action.Server))
            throw new BadHttpRequestException("A server that is to be drained has an id.");
        var isDone = await admin.DrainAsync(action.Server, context.RequestAborted).ConfigureAwait(false);
        if (isDone)
            AdminLog.Drained(logger, NameOf(context), Printable.Escape(action.Server));
        await AnswerAsync(context, isDone ? 1 : 0, "No server has that id.").ConfigureAwait(false);
    }

    private static async ValueTask<AdminAction> ReadAsync(HttpContext context) =>
        await context.Request.ReadFromJsonAsync(AdminJson.Default.AdminAction, context.RequestAborted).ConfigureAwait(false) ?? throw new BadHttpRequestException("An action is a JSON object.");

    private static Task AnswerAsync(HttpContext context, int number, string reason) => number > 0
        ? AdminAnswer.WriteAsync(context, new AdminDone(number), AdminJson.Default.AdminDone)
        : AdminAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, reason);

    private static string NameOf(HttpContext context) => Printable.Escape(context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
}
