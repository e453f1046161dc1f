using TPacket.Client;

namespace TPacket.Docs.Tests.Snippets;

internal static class ModeratorClient
{
    public static async Task ModerateAsync(TPacketClient client, long offset)
    {
        // begin-snippet: moderator-client
        var moderator = new Moderator(client);
        await moderator.BanNickAsync("eve", TimeSpan.FromHours(1), "advertising");
        await moderator.DeleteMessageAsync(offset);
        // end-snippet
    }
}
