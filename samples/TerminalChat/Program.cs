// A chat in a terminal: TerminalChat NICK [ROOM [ADDRESS]]
// Without a terminal, as in a pipe, it reads what to say line by line and prints what is said.
using System.Text;
using Spectre.Console;
using TPacket.Client;
using TPacket.TerminalChat;

if (args is not [var nick, .. var rest] || nick.StartsWith('-') || rest.Length > 2 || !Uri.TryCreate(rest.ElementAtOrDefault(1) ?? "ws://localhost:25021/", UriKind.Absolute, out var address))
{
    Console.Error.WriteLine("TerminalChat NICK [ROOM [ADDRESS]]    lobby at ws://localhost:25021/, unless said otherwise");
    return 2;
}

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var screen = new ChatScreen();
using var ended = new CancellationTokenSource();
await using var client = new TPacketClient(address);
client.EventReceived += roomEvent => screen.Add(roomEvent, client.Roster.Self);
client.Roster.Changed += _ => screen.Touch();
client.StateChanged += state =>
{
    screen.Add(state);
    if (state is { Phase: ClientPhase.Closed, Cause: not null })
        ended.Cancel();
};
try
{
    await client.ConnectAsync(nick, rest.ElementAtOrDefault(0) ?? "lobby");
}
catch (Exception e) when (e is TPacketClientException or ArgumentException)
{
    Console.Error.WriteLine(TerminalText.Clean(e.Message));
    return 1;
}

var chat = new Chat(client, screen);
if (Console.IsInputRedirected || Console.IsOutputRedirected)
{
    using var input = new StreamReader(Console.OpenStandardInput(), Console.InputEncoding);
    return await LineView.RunAsync(input, Console.Out, screen, chat.EnterAsync, ended.Token) ? 0 : 1;
}

// Ctrl+C leaves in order, so that the terminal is left as it was found.
using var left = new CancellationTokenSource();
Console.CancelKeyPress += (_, pressed) =>
{
    pressed.Cancel = true;
    left.Cancel();
};
await new TerminalView(AnsiConsole.Console, client, screen, new InputLine()).RunAsync(chat.EnterAsync, left.Token);
return 0;
