using System.CommandLine;
using TPacket.Client;
using TPacket.Diagnostics;
using TPacket.Tool.Events;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket tail ADDRESS ROOM</c>.</summary>
internal static class TailCommand
{
    // What may wait for a slow terminal or pipe; more ends the command.
    private const int MaxWaitingEvents = 16_384;

    public static Command Create()
    {
        var server = new ServerArguments("tail", "the sign-in");
        var room = new Argument<string>("room") { Description = "The room to enter." };
        var once = new Option<bool>("--once") { Description = "Prints the history and ends." };
        var noHistory = new Option<bool>("--no-history") { Description = "Leaves out what was said before." };
        var count = new Option<int?>("--count", "-n") { Description = "Ends after so many events." };
        count.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--count is 1 or more.");
        });
        var accept = new Option<(int First, int Last)[]>("--accept")
        {
            Description = "Commands to receive: those of the application, such as 256 or 256-260; 25 for deletions. May be repeated.",
            CustomParser = static result => [.. result.Tokens.Select(token => CommandRange.Parse(token.Value, result.AddError))],
        };
        var json = new Option<bool>("--json") { Description = "Writes a JSON object for each event, on a line of its own." };
        var command = new Command("tail", "Enters a room as a user, and prints its events with offsets and times, until Ctrl+C.");
        server.AddTo(command);
        command.Add(room);
        foreach (var option in (Option[])[once, noHistory, count, accept, json])
            command.Add(option);
        command.Run(async (parsed, cancellationToken) =>
        {
            var errors = parsed.InvocationConfiguration.Error;
            var writer = new EventWriter(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            await using var client = server.CreateClient(parsed, options => options.AcceptedCommands = parsed.GetValue(accept) ?? []);
            var wasReady = false;
            client.StateChanged += state =>
            {
                // The first connection needs no line, and what closes the client is the command's error.
                if (wasReady && state.Phase is ClientPhase.Reconnecting or ClientPhase.Ready)
                    errors.Write($"{Printable.Escape(state.ToString())}\n");
                wasReady |= state.Phase == ClientPhase.Ready;
            };
            var events = client.ReadEventsAsync(MaxWaitingEvents).Where(clientEvent => !(parsed.GetValue(noHistory) && clientEvent is RoomMessage { IsHistory: true }));
            if (parsed.GetValue(count) is { } most)
                events = events.Take(most);
            var writing = WriteAsync(events, writer, cancellationToken);
            await client.ConnectAsync(server.Nick(parsed), parsed.GetRequiredValue(room), cancellationToken);
            // The client is ready when the history is there; the events end with it.
            if (parsed.GetValue(once))
                await client.CloseAsync(cancellationToken);
            await writing;
            return ExitCode.Done;
        });
        return command;
    }

    private static async Task WriteAsync(IAsyncEnumerable<ClientEvent> events, EventWriter writer, CancellationToken cancellationToken)
    {
        await foreach (var clientEvent in events.WithCancellation(cancellationToken))
            writer.Write(ToolEvent.Of(clientEvent));
    }
}
