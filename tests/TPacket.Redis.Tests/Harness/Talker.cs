using System.Collections.Concurrent;
using TPacket.Client;
using TPacket.Server.Tests.Harness;

namespace TPacket.Redis.Tests.Harness;

/// <summary>A <see cref="TPacketClient"/> with a session, and the texts it has received.</summary>
internal sealed class Talker : IAsyncDisposable
{
    private readonly ConcurrentQueue<string> _findings = new();
    private readonly SemaphoreSlim _heard = new(0);
    private long _last = -1;
    private bool _isReady;

    public Talker(Uri address, string nick, string room)
    {
        (Nick, Room) = (nick, room);
        Client = new TPacketClient(address, new TPacketClientOptions
        {
            SessionGrace = TimeSpan.FromMinutes(2),
            Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(1), StableAfter = TimeSpan.FromSeconds(1) },
        });
        Client.EventReceived += OnEvent;
        Client.StateChanged += OnState;
    }

    public TPacketClient Client { get; }

    public string Nick { get; }

    public string Room { get; }

    /// <summary>The received texts by offset.</summary>
    public ConcurrentDictionary<long, string> Received { get; } = new();

    /// <summary>The offset of the last event before its own join.</summary>
    public long EnteredAt { get; private set; } = long.MaxValue;

    /// <summary>The number of received snapshots.</summary>
    public int Entered { get; private set; }

    public int Resumed { get; private set; }

    /// <summary>The number of sign-ins with a new session.</summary>
    public int SignedIn { get; private set; }

    /// <summary>The errors found.</summary>
    public IEnumerable<string> Findings => _findings;

    public async Task EnterAsync()
    {
        using var deadline = Deadline.Start();
        await Client.ConnectAsync(Nick, Room, deadline.Token);
    }

    /// <summary>Waits until it has received a text.</summary>
    public async Task HearAsync(string text, CancellationToken deadline)
    {
        while (!Received.Values.Contains(text))
            await _heard.WaitAsync(TimeSpan.FromMilliseconds(100), deadline);
    }

    public async ValueTask DisposeAsync()
    {
        await Client.DisposeAsync();
        _heard.Dispose();
    }

    private void OnState(ClientState state)
    {
        if (state.Phase == ClientPhase.Closed && state.Cause is { } cause)
            _findings.Enqueue($"{Nick} is closed: {cause}.");
        if (state.Phase != ClientPhase.Ready)
            return;
        if (_isReady && state.Continuity == SessionContinuity.SignedIn)
        {
            SignedIn++;
            _findings.Enqueue($"{Nick} has signed in again.");
        }
        else if (_isReady && state.Continuity == SessionContinuity.Rejoined)
        {
            _findings.Enqueue($"{Nick} had to enter again.");
        }
        else if (_isReady)
        {
            Resumed++;
        }

        _isReady = true;
    }

    private void OnEvent(ClientEvent clientEvent)
    {
        switch (clientEvent)
        {
            case RoomEntered:
                Entered++;
                _last = -1;
                break;
            case RoomMessage { IsHistory: true } said:
                Received[said.Offset!.Value] = said.Text;
                EnteredAt = Math.Min(EnteredAt, said.Offset.Value);
                break;
            case { Offset: { } offset }:
                if (offset < _last || (offset == _last && clientEvent is RoomMessage))
                    _findings.Enqueue($"{Nick} has received {offset} after {_last}.");
                _last = offset;
                EnteredAt = Math.Min(EnteredAt, offset);
                if (clientEvent is RoomMessage message)
                {
                    Received[offset] = message.Text;
                    if (_heard.CurrentCount == 0)
                        _heard.Release();
                }

                break;
        }
    }
}
