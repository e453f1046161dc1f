using System.Runtime.InteropServices;
using Spectre.Console;
using TPacket.Client;

namespace TPacket.TerminalChat;

/// <summary>A user's chat, in a terminal or in a pipe.</summary>
internal static class ChatProgram
{
    /// <summary>Connects, and chats until the user quits, the input ends or the server ends the chat.</summary>
    /// <param name="client">A client that is not connected. The caller disposes of it.</param>
    /// <param name="nick">The nick.</param>
    /// <param name="room">The room.</param>
    /// <param name="streams">The input and output without a terminal; null for the terminal or the process's input and output.</param>
    /// <param name="cancellationToken">Ends the chat.</param>
    /// <returns>False if the server or a failure has ended the chat.</returns>
    /// <exception cref="TPacketClientException">The client cannot enter the room.</exception>
    public static async Task<bool> RunAsync(TPacketClient client, string nick, string room, ChatStreams? streams, CancellationToken cancellationToken)
    {
        var screen = new ChatScreen();
        using var ended = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        client.EventReceived += roomEvent => screen.Add(roomEvent, client.Roster.Self);
        client.Roster.Changed += _ => screen.Touch();
        client.StateChanged += Follow;
        try
        {
            await client.ConnectAsync(nick, room, cancellationToken);
            return await ChatAsync(client, screen, streams, ended.Token, cancellationToken);
        }
        finally
        {
            client.StateChanged -= Follow;
        }

        void Follow(ClientState state)
        {
            screen.Add(state);
            if (state is { Phase: ClientPhase.Closed, Cause: not null })
                ended.Cancel();
        }
    }

    private static async Task<bool> ChatAsync(TPacketClient client, ChatScreen screen, ChatStreams? streams, CancellationToken ended, CancellationToken cancellationToken)
    {
        var chat = new Chat(client, screen);
        if (streams is not null)
            return await LineView.RunAsync(streams.Input, streams.Output, screen, chat.EnterAsync, ended);
        if (Console.IsInputRedirected || Console.IsOutputRedirected)
        {
            using var input = new StreamReader(Console.OpenStandardInput(), Console.InputEncoding);
            return await LineView.RunAsync(input, Console.Out, screen, chat.EnterAsync, ended);
        }

        // Restores the terminal however the chat ends, in particular by Ctrl+C.
        using var left = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, Leave);
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, Leave);
        using var hangup = PosixSignalRegistration.Create(PosixSignal.SIGHUP, Leave);
        try
        {
            await new TerminalView(AnsiConsole.Console, client, screen, new InputLine()).RunAsync(chat.EnterAsync, left.Token);
            return true;
        }
        catch (IOException)
        {
            // The terminal is closed, so there is no output.
            return false;
        }

        void Leave(PosixSignalContext context)
        {
            context.Cancel = true;
            left.Cancel();
        }
    }
}
