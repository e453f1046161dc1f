using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>Executes the user's input.</summary>
internal sealed class Chat(TPacketClient client, ChatScreen screen)
{
    private const string Help = "/nick NAME, /room NAME, /who, /quit; PageUp and PageDown scroll; // begins a message with a slash";

    /// <summary>Executes a line.</summary>
    /// <returns>False if the line is <c>/quit</c>.</returns>
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
                    screen.Add(new ChatLine(ChatLineKind.Error, $"{command.Argument} is not a command, or its name is missing. {Help}"));
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
            // The client has already raised the refusal as SendRefused, which the screen shows. A server without receipts leads to the event alone.
        }
    }

    /// <summary>Describes a failure to the user, with the server's text if there is one.</summary>
    public static string Explain(Exception error) => error is RequestRefusedException { Text: { Length: > 0 } text } ? text : error.Message;
}
