using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;
using TPacket.Diagnostics;
using TPacket.Server;

namespace TPacket.AspNetCore.Admin;

/// <summary>Carries out the actions of operators. Logs each action with the operator's name before it begins, and its outcome.</summary>
internal sealed class AdminActions(IClusterAdmin admin, ICluster cluster, ILogger logger)
{
    public async Task AnnounceAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (string.IsNullOrWhiteSpace(action.Text))
            throw new BadHttpRequestException("An announcement needs a text.");
        var rooms = await AnnounceAsync(context, action.Room, action.Text).ConfigureAwait(false);
        await AnswerAsync(context, rooms, action.Room is null ? "No room has members." : "No room with this name has members.").ConfigureAwait(false);
    }

    public async Task KickAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (action.User is not { } user)
            throw new BadHttpRequestException("A kick needs the id of a user.");
        var reason = action.Text ?? "";
        AdminLog.Kicking(logger, NameOf(context), user, Printable.Escape(reason));
        var users = await ActAsync(context, "kick", "users", async () => await cluster.DisconnectAsync(user, reason, context.RequestAborted).ConfigureAwait(false) ? 1 : 0).ConfigureAwait(false);
        await AnswerAsync(context, users, "No server has a user with this id.").ConfigureAwait(false);
    }

    public async Task CloseAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (action.Room is not { Length: > 0 } room)
            throw new BadHttpRequestException("Closing a room needs the name of the room.");
        if (!string.IsNullOrWhiteSpace(action.Text))
            await AnnounceAsync(context, room, action.Text).ConfigureAwait(false);
        AdminLog.Closing(logger, NameOf(context), Printable.Escape(room));
        var members = await ActAsync(context, "close", "members", () => admin.CloseRoomAsync(room, context.RequestAborted)).ConfigureAwait(false);
        await AnswerAsync(context, members, "No room with this name has members.").ConfigureAwait(false);
    }

    public async Task DrainAsync(HttpContext context)
    {
        var action = await ReadAsync(context).ConfigureAwait(false);
        if (action.Server is not { Length: > 0 } server)
            throw new BadHttpRequestException("Draining a server needs the id of the server.");
        AdminLog.Draining(logger, NameOf(context), Printable.Escape(server));
        var servers = await ActAsync(context, "drain", "servers", async () => await admin.DrainAsync(server, context.RequestAborted).ConfigureAwait(false) ? 1 : 0).ConfigureAwait(false);
        await AnswerAsync(context, servers, "No server has this id.").ConfigureAwait(false);
    }

    private ValueTask<int> AnnounceAsync(HttpContext context, string? room, string text)
    {
        AdminLog.Announcing(logger, NameOf(context), Printable.Escape(room ?? "*"), Printable.Escape(text));
        return ActAsync(context, "announce", "rooms", () => admin.AnnounceAsync(room, text, context.RequestAborted));
    }

    /// <summary>Carries out an action and logs its outcome. After a failure, some servers may have carried out the action.</summary>
    private async ValueTask<int> ActAsync(HttpContext context, string name, string unit, Func<ValueTask<int>> act)
    {
        try
        {
            var number = await act().ConfigureAwait(false);
            AdminLog.Reached(logger, name, NameOf(context), number, unit);
            return number;
        }
        catch (Exception e)
        {
            AdminLog.Failed(logger, e, name, NameOf(context));
            throw;
        }
    }

    private static async ValueTask<AdminAction> ReadAsync(HttpContext context) =>
        await context.Request.ReadFromJsonAsync(AdminJson.Default.AdminAction, context.RequestAborted).ConfigureAwait(false) ?? throw new BadHttpRequestException("The body of an action must be a JSON object.");

    private static Task AnswerAsync(HttpContext context, int number, string reason) => number > 0
        ? AdminAnswer.WriteAsync(context, new AdminDone(number), AdminJson.Default.AdminDone)
        : AdminAnswer.WriteErrorAsync(context, StatusCodes.Status404NotFound, reason);

    private static string NameOf(HttpContext context) => Printable.Escape(context.User.Identity?.Name ?? context.Connection.RemoteIpAddress?.ToString() ?? "unknown");
}
