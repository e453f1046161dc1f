// A chat in a terminal: TerminalChat [ADDRESS] [--nick NICK] [--room ROOM]
// Without a terminal, as in a pipe, it reads what to say line by line and prints what is said.
using System.Runtime.InteropServices;
using System.Text;
using Spectre.Console;
using TPacket.Client;
using TPacket.TerminalChat;

if (ChatArguments.Parse(args) is not { } arguments)
{
    Console.Error.WriteLine(ChatArguments.Usage);
    return 2;
}

Console.OutputEncoding = new UTF8Encoding(encoderShouldEmitUTF8Identifier: false);
var screen = new ChatScreen();
using var ended = new CancellationTokenSource();
await using var client = new TPacketClient(arguments.Address);
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
    await client.ConnectAsync(arguments.Nick, arguments.Room);
}
catch (Exception e) when (e is TPacketClientException or ArgumentException)
{
    Console.Error.WriteLine(TerminalText.Clean(Chat.Explain(e)));
    return 1;
}

var chat = new Chat(client, screen);
if (Console.IsInputRedirected || Console.IsOutputRedirected)
{
    using var input = new StreamReader(Console.OpenStandardInput(), Console.InputEncoding);
    return await LineView.RunAsync(input, Console.Out, screen, chat.EnterAsync, ended.Token) ? 0 : 1;
}

// Whatever ends the chat, Ctrl+C above all, leaves the terminal as it was found.
using var left = new CancellationTokenSource();
using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Leave);
try
{
    await new TerminalView(AnsiConsole.Console, client, screen, new InputLine()).RunAsync(chat.EnterAsync, left.Token);
    return 0;
}
catch (IOException)
{
    // The terminal is gone, and with it whoever could be told.
    return 1;
}

void Leave(PosixSignalContext context)
{
    context.Cancel = true;
    left.Cancel();
}
