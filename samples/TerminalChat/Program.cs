// A chat in a terminal: TerminalChat [ADDRESS] [--nick NICK] [--room ROOM]
// Without a terminal, as in a pipe, the program sends each line of the input and prints the room's events.
using System.Text;
using TPacket.Client;
using TPacket.TerminalChat;

if (ChatArguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(ChatArguments.Usage);
    return 2;
}

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
await using var client = new TPacketClient(arguments.Address);
try
{
    return await ChatProgram.RunAsync(client, arguments.Nick, arguments.Room, streams: null, CancellationToken.None) ? 0 : 1;
}
catch (Exception e) when (e is TPacketClientException or ArgumentException)
{
    Console.Error.WriteLine(TerminalText.Clean(Chat.Explain(e)));
    return 1;
}
