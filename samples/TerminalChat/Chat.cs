using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>Does what is entered.</summary>
internal sealed class Chat(TPacketClient client, ChatScreen screen)
{
    private const string Help = "/nick NAME, /room NAME, /who, /quit; PageUp and PageDown scroll; // begins a message with a slash";

    /// <summary>Does what a line asks for.</summary>
    /// <returns>False where it asks to leave.</returns>
    public async Task<bool> EnterAsync(string line)
    {
        var command = ChatCommand.Parse(line);
        try
        {
            switch (command.Kind)
            {
                case ChatCommandKind.Quit:
                    return false;
                case ChatCommandKind.Say:
                    await SayAsync(command.Argument);
                    break;
                case ChatCommandKind.Nick:
                    await client.RenameAsync(command.Argument);
                    screen.Add(new ChatLine(ChatLineKind.Notice, $"You are {command.Argument} now."));
                    break;
                case ChatCommandKind.Room:
                    await client.JoinAsync(command.Argument);
                    break;
                case ChatCommandKind.Who:
                    screen.Add(new ChatLine(ChatLineKind.Notice, $"{client.Roster.Count} here: {string.Join(", ", client.Roster.Users.Select(user => user.IsAway ? $"{user.Nick} (away)" : user.Nick))}"));
                    break;
                case ChatCommandKind.Help:
                    screen.Add(new ChatLine(ChatLineKind.Notice, Help));
                    break;
                case ChatCommandKind.Unknown:
                    screen.Add(new ChatLine(ChatLineKind.Error, $"{command.Argument} is no command, or lacks a name. {Help}"));
                    break;
            }
        }
        catch (Exception e) when (e is TPacketClientException or ArgumentException)
        {
            screen.Add(new ChatLine(ChatLineKind.Error, Explain(e)));
        }

        return true;
    }

    private async Task SayAsync(string text)
    {
        try
        {
            await client.SendAsync(text);
        }
        catch (RequestRefusedException)
        {
            // The room's events tell it, with every server.
        }
    }

    /// <summary>What has failed, for a person: what the server says, where it has something to say.</summary>
    public static string Explain(Exception error) => error is RequestRefusedException { Text: { Length: > 0 } text } ? text : error.Message;
}
