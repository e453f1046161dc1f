using System.CommandLine;
using TPacket.TerminalChat;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket chat ADDRESS [ROOM]</c>.</summary>
internal static class ChatCommand
{
    /// <param name="input">The input without a terminal; null for the terminal or the process's input.</param>
    public static Command Create(TextReader? input)
    {
        var server = new ServerArguments("guest", "the sign-in");
        var room = new Argument<string>("room") { Description = "The room to enter.", DefaultValueFactory = static _ => "lobby" };
        var command = new Command("chat", "Chats in a terminal. Without a terminal, as in a pipe, each line of the input is a message.");
        server.AddTo(command);
        command.Add(room);
        command.Run(async (parsed, cancellationToken) =>
        {
            await using var client = server.CreateClient(parsed);
            var streams = input is null ? null : new ChatStreams(input, parsed.InvocationConfiguration.Output);
            var isDone = await ChatProgram.RunAsync(client, server.Nick(parsed), parsed.GetRequiredValue(room), streams, cancellationToken);
            cancellationToken.ThrowIfCancellationRequested();
            return isDone ? ExitCode.Done : ExitCode.Failed;
        });
        return command;
    }
}
