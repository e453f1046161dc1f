using System.CommandLine;
using TPacket.Client;
using TPacket.Diagnostics;
using TPacket.Tool.Events;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket tail ADDRESS ROOM</c>.</summary>
internal static class TailCommand
{
    // The maximum number of events that wait for a slow terminal or pipe. The command fails if more events wait.
    private const int MaxWaitingEvents = 16_384;

    public static Command Create()
    {
        var server = new ServerArguments("tail", "the sign-in");
        var room = new Argument<string>("room") { Description = "The room to enter." };
        var once = new Option<bool>("--once") { Description = "Prints the history and ends." };
        var noHistory = new Option<bool>("--no-history") { Description = "Leaves out the history." };
        var count = new Option<int?>("--count", "-n") { Description = "Ends after this number of events." };
        count.Validators.Add(static result =>
        {
            if (result.GetValueOrDefault<int?>() < 1)
                result.AddError("--count must be 1 or more.");
        });
        var accept = new Option<(int First, int Last)[]>("--accept")
        {
            Description = "The commands to receive: an application's, such as 256 or 256-260; 25 for deletions. May be repeated.",
            CustomParser = static result => [.. result.Tokens.Select(token => CommandRange.Parse(token.Value, result.AddError))],
        };
        var json = new Option<bool>("--json") { Description = "Writes one line with a JSON object for each event." };
        var command = new Command("tail", "Enters a room as a user and prints its events with offsets and times, until Ctrl+C.");
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
                // The first connection needs no line. The cause of a closed client is printed as the command's error.
                if (wasReady && state.Phase is ClientPhase.Reconnecting or ClientPhase.Ready)
                    errors.Write($"{Printable.Escape(state.ToString())}\n");
                wasReady |= state.Phase == ClientPhase.Ready;
            };
            var events = client.ReadEventsAsync(MaxWaitingEvents).Where(clientEvent => !(parsed.GetValue(noHistory) && clientEvent is RoomMessage { IsHistory: true }));
            if (parsed.GetValue(count) is { } most)
                events = events.Take(most);
            var writing = WriteAsync(events, writer, cancellationToken);
            await client.ConnectAsync(server.Nick(parsed), parsed.GetRequiredValue(room), cancellationToken);
            // Once the client is ready it has the whole history, so the events can end.
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
