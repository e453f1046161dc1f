using TPacket.TerminalChat;

namespace TPacket.Samples.Tests.TerminalChat;

public class ChatArgumentsTests
{
    [Theory]
    [InlineData("", null, "ws://localhost:25021/", "lobby")]
    [InlineData("wss://chat.example/ws", null, "wss://chat.example/ws", "lobby")]
    [InlineData("--nick alice", "alice", "ws://localhost:25021/", "lobby")]
    [InlineData("--room -1 ws://h/ --nick bob", "bob", "ws://h/", "-1")]
    public void Missing_arguments_have_defaults(string line, string? nick, string address, string room)
    {
        var arguments = ChatArguments.Parse(line.Split(' ', StringSplitOptions.RemoveEmptyEntries));
        Assert.Equal(new ChatArguments(new Uri(address), nick ?? Environment.UserName, room), arguments);
    }

    [Theory]
    [InlineData("--help")]
    [InlineData("--nick")]
    [InlineData("--room")]
    [InlineData("alice")]
    [InlineData("http://localhost/")]
    [InlineData("ws://a/ --what")]
    [InlineData("ws://a/ ws://b/")]
    public void Other_arguments_are_rejected(string line) => Assert.Null(ChatArguments.Parse(line.Split(' ')));
}
