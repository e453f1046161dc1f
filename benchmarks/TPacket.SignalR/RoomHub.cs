using Microsoft.AspNetCore.SignalR;

namespace TPacket.SignalR;

/// <summary>A room as in SignalR's documentation: a group, and a method that sends to it.</summary>
internal sealed class RoomHub : Hub
{
    private const string Room = "room";

    public Task Enter(string room)
    {
        Context.Items[Room] = room;
        return Groups.AddToGroupAsync(Context.ConnectionId, room);
    }

    public Task Say(string text) => Clients.Group((string)Context.Items[Room]!).SendAsync("Said", text);
}
