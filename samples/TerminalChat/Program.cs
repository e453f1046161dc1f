// A chat in a terminal: TerminalChat NICK [ROOM [ADDRESS]]
using Spectre.Console;
using TPacket.Client;
using TPacket.TerminalChat;

if (args is not [var nick, .. var rest] || rest.Length > 2 || !Uri.TryCreate(rest.ElementAtOrDefault(1) ?? "ws://localhost:25021/", UriKind.Absolute, out var address))
{
    Console.Error.WriteLine("TerminalChat NICK [ROOM [ADDRESS]]    lobby at ws://localhost:25021/, unless said otherwise");
    return 2;
}

var screen = new ChatScreen();
await using var client = new TPacketClient(address);
client.EventReceived += roomEvent => screen.Add(roomEvent, client.Roster.Self);
client.Roster.Changed += _ => screen.Touch();
client.StateChanged += state =>
{
    if (state.Phase is ClientPhase.Reconnecting or ClientPhase.Closed)
        screen.Add(new ChatLine(ChatLineKind.Notice, TerminalView.Describe(state)));
    screen.Touch();
};
try
{
    await client.ConnectAsync(nick, rest.ElementAtOrDefault(0) ?? "lobby");
}
catch (TPacketClientException e)
{
    Console.Error.WriteLine(TerminalText.Clean(e.Message));
    return 1;
}

var chat = new Chat(client, screen);
if (Console.IsInputRedirected || Console.IsOutputRedirected)
{
    await LineView.RunAsync(Console.In, Console.Out, screen, chat.EnterAsync);
    return 0;
}

// Ctrl+C is a way to leave that puts the terminal back in order.
Console.TreatControlCAsInput = false;
await AnsiConsole.Console.AlternateScreenAsync(() => new TerminalView(AnsiConsole.Console, client, screen, new InputLine()).RunAsync(chat.EnterAsync));
return 0;
