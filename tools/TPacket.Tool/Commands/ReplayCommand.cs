using System.CommandLine;
using TPacket.Server;
using TPacket.Tool.Events;
using TPacket.Tool.Stores;

namespace TPacket.Tool.Commands;

/// <summary><c>tpacket replay ROOM --sqlite FILE</c> and <c>tpacket replay ROOM --redis SERVERS</c>.</summary>
internal static class ReplayCommand
{
    public static Command Create(TimeProvider time)
    {
        var room = new Argument<string>("room") { Description = "The room." };
        var store = new StoreArguments();
        var from = Offset("--from", "The offset of the first event.");
        var to = Offset("--to", "The offset of the last event.");
        var speed = new Option<double?>("--speed") { Description = "The speed relative to the original: 1 prints each event after its original delay, 10 is ten times as fast. Default: no delays." };
        speed.Validators.Add(static result =>
        {
            if (result.Tokens.Count > 0 && result.GetValueOrDefault<double?>() is not (>= 0.001 and <= 1_000_000))
                result.AddError("--speed must be from 0.001 to 1000000.");
        });
        var json = new Option<bool>("--json") { Description = "Writes one line with a JSON object for each event." };
        var command = new Command("replay", "Prints the log of a room from a store, which it does not change.") { room };
        store.AddTo(command);
        foreach (var option in (Option[])[from, to, speed, json])
            command.Add(option);
        command.Validators.Add(result =>
        {
            if (store.Count(result) != 1)
                result.AddError("Pass either --sqlite or --redis.");
        });
        command.Run(async (parsed, cancellationToken) =>
        {
            var writer = new EventWriter(parsed.InvocationConfiguration.Output, parsed.GetValue(json));
            await using var source = (await store.OpenAsync(parsed))!;
            long? before = null;
            await foreach (var stored in ReadAsync(source, parsed.GetRequiredValue(room), cancellationToken))
            {
                if (stored.Offset < (parsed.GetValue(from) ?? 0))
                    continue;
                if (stored.Offset > (parsed.GetValue(to) ?? long.MaxValue))
                    break;
                if (parsed.GetValue(speed) is { } factor && before is { } last && stored.Time > last)
                    await WaitAsync(TimeSpan.FromMilliseconds((stored.Time - last) / factor), time, cancellationToken);
                before = stored.Time;
                writer.Write(ToolEvent.Of(stored));
            }

            return ExitCode.Done;
        });
        return command;
    }

    private static Option<long?> Offset(string name, string description)
    {
        var option = new Option<long?>(name) { Description = description };
        option.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<long?>() < 0)
                result.AddError($"{name} must be 0 or more.");
        });
        return option;
    }

    // A timer supports at most 49 days.
    private static Task WaitAsync(TimeSpan delay, TimeProvider time, CancellationToken cancellationToken)
    {
        var longest = TimeSpan.FromDays(40);
        return delay <= longest
            ? Task.Delay(delay, time, cancellationToken)
            : throw new ToolException($"At this speed the next event is {delay.TotalDays:0} days away. Pass a higher --speed, or --from.");
    }

    private static async IAsyncEnumerable<RoomEvent> ReadAsync(
        ILogSource source, string room, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken cancellationToken)
    {
        RoomPosition? after = null;
        while (true)
        {
            var page = await source.ReadAsync(room, after, cancellationToken) ?? throw new ToolException($"The store has no room '{room}'.");
            if (page.IsGone)
                throw new ToolException(after is null ? $"The log of '{room}' cannot be read." : $"The log of '{room}' has meanwhile dropped the events after offset {after.Value.Offset}.");
            foreach (var stored in page.Events)
                yield return stored;
            if (page.Events.Count == 0)
                yield break;
            after = page.Position;
        }
    }
}
