using System.Diagnostics;
using TPacket.Tool.Commands;
using TPacket.WebSockets;

namespace TPacket.Tool.Load;

/// <summary>Runs a load: clients in rooms send messages in turn at a rate, and count the messages that they receive.</summary>
internal static class RoomLoad
{
    private const int ConnectsAtOnce = 32;

    /// <summary>Runs a load.</summary>
    /// <exception cref="ToolException">A client could not connect or enter its room.</exception>
    /// <exception cref="OperationCanceledException">The token was cancelled. The connections are closed.</exception>
    public static async Task<LoadReport> RunAsync(LoadRequest load, CancellationToken cancellationToken)
    {
        using var heartbeat = new Heartbeat(TimeProvider.System, TimeSpan.FromSeconds(1));
        var options = WebSocketClientOptions.Default with { Headers = load.Headers, Heartbeat = heartbeat };
        var counts = new LoadCounts();
        var members = Enumerable.Range(0, load.Clients).Select(i => new LoadMember(load, counts, i, MembersOf(load, i % load.Rooms))).ToList();
        try
        {
            var began = Stopwatch.GetTimestamp();
            await Parallel.ForEachAsync(
                members, new ParallelOptions { MaxDegreeOfParallelism = ConnectsAtOnce, CancellationToken = cancellationToken }, (member, token) => ConnectAsync(load, member, options, token));
            var connected = Stopwatch.GetElapsedTime(began);
            began = Stopwatch.GetTimestamp();
            await TalkAsync(load, members, began, cancellationToken);
            await DrainAsync(load, counts, cancellationToken);
            return new LoadReport(load, counts, connected, Stopwatch.GetElapsedTime(began));
        }
        finally
        {
            foreach (var member in members.Where(static member => member.Connection is not null))
                member.Leave();
        }
    }

    private static int MembersOf(LoadRequest load, int room) => (load.Clients / load.Rooms) + (room < load.Clients % load.Rooms ? 1 : 0);

    private static async ValueTask ConnectAsync(LoadRequest load, LoadMember member, WebSocketClientOptions options, CancellationToken cancellationToken)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        deadline.CancelAfter(load.Timeout);
        try
        {
            await WebSocketClient.ConnectAsync(load.Address, member, options, deadline.Token);
            await member.Ready.WaitAsync(deadline.Token);
        }
        catch (WebSocketConnectException e)
        {
            throw new ToolException($"A client could not connect: {e.Message}", e);
        }
        catch (OperationCanceledException e) when (!cancellationToken.IsCancellationRequested)
        {
            throw new ToolException($"A client was not in its room within {load.Timeout.TotalSeconds:0.#} s.", e);
        }
    }

    private static async Task TalkAsync(LoadRequest load, List<LoadMember> members, long began, CancellationToken cancellationToken)
    {
        var most = (long)Math.Ceiling(load.Rate * load.Duration.TotalSeconds);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(1));
        for (var said = 0L; said < most; await ticks.WaitForNextTickAsync(cancellationToken))
        {
            for (var due = Math.Min(most, Stopwatch.GetElapsedTime(began).TotalSeconds * load.Rate); said < due; said++)
                members[(int)(said % members.Count)].Talk();
        }
    }

    /// <summary>Waits for messages in transit.</summary>
    private static async Task DrainAsync(LoadRequest load, LoadCounts counts, CancellationToken cancellationToken)
    {
        var began = Stopwatch.GetTimestamp();
        while (counts.Received < counts.Owed && Stopwatch.GetElapsedTime(began) < load.Timeout)
            await Task.Delay(5, cancellationToken);
    }
}
