using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

public class ChatCommandTests
{
    [Theory]
    [InlineData("", "Nothing", "")]
    [InlineData("  ", "Nothing", "")]
    [InlineData(" hello ", "Say", " hello ")]
    [InlineData("//slash", "Say", "/slash")]
    [InlineData("/nick  ali ce ", "Nick", "ali ce")]
    [InlineData("/ROOM cellar", "Room", "cellar")]
    [InlineData("/who", "Who", "")]
    [InlineData("/quit now", "Quit", "")]
    [InlineData("/help", "Help", "")]
    [InlineData("/nick", "Unknown", "/nick")]
    [InlineData("/dance wildly", "Unknown", "/dance")]
    public void A_line_is_a_message_or_a_command(string line, string kind, string argument)
    {
        var command = ChatCommand.Parse(line);
        Assert.Equal((kind, argument), (command.Kind.ToString(), command.Argument));
    }
}
