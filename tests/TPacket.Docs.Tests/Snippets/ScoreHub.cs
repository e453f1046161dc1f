// begin-snippet: signalr-hub
using Microsoft.AspNetCore.SignalR;
// end-snippet

namespace TPacket.Docs.Tests.Snippets;

// begin-snippet: signalr-hub
internal sealed class ScoreHub(ScoreBoard scores) : Hub
{
    public Task Join(string room) => Groups.AddToGroupAsync(Context.ConnectionId, room);

    public Task Say(string room, string text) => Clients.Group(room).SendAsync("message", Context.UserIdentifier, text);

    public async Task AddPoints(string room, int points)
    {
        var total = await scores.AddAsync(Context.UserIdentifier!, points, Context.ConnectionAborted);
        await Clients.Group(room).SendAsync("score", Context.UserIdentifier, total);
    }
}
// end-snippet
