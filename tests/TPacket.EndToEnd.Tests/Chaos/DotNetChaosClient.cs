using TPacket.Client;
using TPacket.Protocol;
using TPacket.WebSockets;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The client for .NET, in this process.</summary>
internal sealed class DotNetChaosClient : ChaosClient
{
    private readonly TPacketClient _client;
    private volatile bool _isConnected;

    public DotNetChaosClient(Uri server, TimeSpan grace, ClientRecord record, Clock clock, Changes changes)
        : base(record, clock, changes)
    {
        _client = new TPacketClient(server, new TPacketClientOptions
        {
            SessionGrace = grace,
            WebSocket = WebSocketClientOptions.Default with
            {
                Connection = WebSocketOptions.Default with { PingAfterIdle = TimeSpan.FromSeconds(1), PongTimeout = TimeSpan.FromSeconds(4), CloseTimeout = TimeSpan.FromSeconds(1) },
            },
            Reconnect = new ReconnectOptions { InitialDelay = TimeSpan.FromMilliseconds(50), MaxDelay = TimeSpan.FromSeconds(1), StableAfter = TimeSpan.FromSeconds(1) },
        });
        _client.StateChanged += OnState;
        _client.EventReceived += OnEvent;
    }

    public override async Task<bool> TryConnectAsync(string nick, string room)
    {
        try
        {
            await _client.ConnectAsync(nick, room);
            return _isConnected = true;
        }
        catch (TPacketClientException)
        {
            return false;
        }
    }

    protected override async Task<(SpeechOutcome Outcome, long Offset, long Time)> SendAsync(string text)
    {
        try
        {
            var receipt = await _client.SendAsync(text);
            return receipt.Offset is { } offset ? (SpeechOutcome.Receipted, offset, receipt.Time!.Value.ToUnixTimeMilliseconds()) : (SpeechOutcome.Unknown, -1, 0);
        }
        catch (TPacketClientException e)
        {
            return (OutcomeOf(e), -1, 0);
        }
    }

    protected override Task<bool?> AskForNickAsync(string nick) => AskAsync(() => _client.RenameAsync(nick));

    protected override Task<bool?> AskForRoomAsync(string room) => AskAsync(() => _client.JoinAsync(room));

    protected override async Task ShutAsync()
    {
        _isConnected = false;
        await _client.DisposeAsync();
    }

    public override Task<Note> ReadRosterAsync() => Task.FromResult(Describe(NoteKind.Quiet) with { Room = _client.State.Room });

    private static SpeechOutcome OutcomeOf(TPacketClientException error) => error switch
    {
        RequestRefusedException { Code: PacketErrorCode.RateLimited or PacketErrorCode.StoreFailed } => SpeechOutcome.NotAppended,
        RequestRefusedException or RequestLostException or RequestTimeoutException => SpeechOutcome.Unknown,
        _ => SpeechOutcome.NotAppended,
    };

    private static async Task<bool?> AskAsync(Func<Task> askAsync)
    {
        try
        {
            await askAsync();
            return true;
        }
        catch (RequestRefusedException e) when (e.Code is not (PacketErrorCode.Unknown or PacketErrorCode.HandlerFailed))
        {
            return false;
        }
        catch (TPacketClientException)
        {
            return null;
        }
    }

    private void OnState(ClientState state)
    {
        switch (state.Phase)
        {
            case ClientPhase.Ready:
                On(Describe(NoteKind.Ready) with { Room = state.Room, Continuity = state.Continuity });
                break;
            case ClientPhase.Reconnecting:
                On(new Note(NoteKind.Lost) { Text = $"{state.Cause}" });
                break;
            case ClientPhase.Closed when _isConnected:
                On(new Note(NoteKind.GaveUp) { Text = $"{state.Cause}" });
                break;
            case ClientPhase.Closed:
                OnClosed();
                break;
        }
    }

    private void OnEvent(ClientEvent clientEvent)
    {
        var note = clientEvent switch
        {
            RoomEntered entered => Describe(NoteKind.Entered) with { Room = entered.Room },
            RoomMessage { Sender: { } sender } message => Of(message.IsHistory ? NoteKind.History : NoteKind.Message, sender) with { Text = message.Text },
            UserJoined joined => Of(NoteKind.Joined, joined.User),
            UserLeft left => Of(NoteKind.Left, left.User),
            UserAway away => Of(NoteKind.Away, away.User),
            UserReturned returned => Of(NoteKind.Returned, returned.User),
            // The sender reports the rejection.
            SendRefused => null,
            _ => throw new InvalidOperationException($"Unexpected: {clientEvent}."),
        };
        if (note is not null)
            On(note with { Offset = clientEvent.Offset ?? -1, Time = clientEvent.Time?.ToUnixTimeMilliseconds() ?? 0 });
    }

    private static Note Of(NoteKind kind, RoomUser user) => new(kind) { UserId = user.Id, Nick = user.Nick };

    private Note Describe(NoteKind kind)
    {
        var self = _client.Roster.Self;
        return new Note(kind) { UserId = self?.Id ?? 0, Nick = self?.Nick ?? "", Roster = [.. _client.Roster.Users.Select(static user => new Present(user.Id, user.Nick, user.IsAway))] };
    }
}
