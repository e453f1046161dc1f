using System.Text.Json;
using TPacket.Client;
using TPacket.Protocol;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>The TypeScript client, in Node.</summary>
internal sealed class NodeChaosClient : ChaosClient
{
    private readonly ChaosNode _node;
    private readonly int _id;
    private volatile bool _isConnected;

    public NodeChaosClient(ChaosNode node, Uri server, TimeSpan grace, ClientRecord record, Clock clock, Changes changes)
        : base(record, clock, changes)
    {
        _node = node;
        _id = node.Add(server, grace, OnReported);
    }

    public override async Task<bool> TryConnectAsync(string nick, string room)
    {
        var (isDone, _) = await CallAsync("connect", nick, room);
        return _isConnected = isDone;
    }

    protected override async Task<(SpeechOutcome Outcome, long Offset, long Time)> SendAsync(string text)
    {
        var report = await _node.CallAsync(_id, "say", text);
        if (report.TryGetProperty("offset", out var offset))
            return (SpeechOutcome.Receipted, offset.GetInt64(), report.GetProperty("time").GetInt64());
        var isNotAppended = report.TryGetProperty("isUnsent", out _) || CodeOf(report) is PacketErrorCode.RateLimited or PacketErrorCode.StoreFailed;
        return (isNotAppended ? SpeechOutcome.NotAppended : SpeechOutcome.Unknown, -1, 0);
    }

    protected override Task<bool?> AskForNickAsync(string nick) => AskAsync("rename", nick);

    protected override Task<bool?> AskForRoomAsync(string room) => AskAsync("join", room);

    protected override async Task ShutAsync()
    {
        _isConnected = false;
        await CallAsync("close");
    }

    public override async Task<Note> ReadRosterAsync() => Describe(NoteKind.Quiet, await _node.CallAsync(_id, "read"));

    private async Task<bool?> AskAsync(string call, string argument) => await CallAsync(call, argument) switch
    {
        (true, _) => true,
        (_, null or PacketErrorCode.Unknown or PacketErrorCode.HandlerFailed) => null,
        _ => false,
    };

    private async Task<(bool IsDone, PacketErrorCode? Code)> CallAsync(string call, params string[] arguments)
    {
        var report = await _node.CallAsync(_id, call, arguments);
        return (!report.TryGetProperty("error", out _), CodeOf(report));
    }

    private static PacketErrorCode? CodeOf(JsonElement report) => report.TryGetProperty("code", out var code) ? (PacketErrorCode)code.GetInt32() : null;

    private void OnReported(JsonElement report)
    {
        switch (report.GetProperty("type").GetString())
        {
            case "ready":
                On(Describe(NoteKind.Ready, report) with { Continuity = Enum.Parse<SessionContinuity>(report.GetProperty("continuity").GetString()!, ignoreCase: true) });
                break;
            case "reconnecting":
                On(new Note(NoteKind.Lost) { Text = report.GetProperty("reason").GetString()! });
                break;
            case "closed" when _isConnected:
                On(new Note(NoteKind.GaveUp) { Text = report.GetProperty("reason").GetString()! });
                break;
            case "closed":
                OnClosed();
                break;
            case "entered":
                On(Describe(NoteKind.Entered, report));
                break;
            case var type:
                On(new Note(KindOf(type!, report))
                {
                    Offset = report.GetProperty("offset").GetInt64(),
                    Time = report.GetProperty("time").GetInt64(),
                    UserId = report.GetProperty("userId").GetInt32(),
                    Nick = report.GetProperty("nick").GetString()!,
                    Text = report.TryGetProperty("text", out var text) ? text.GetString()! : "",
                });
                break;
        }
    }

    private static NoteKind KindOf(string type, JsonElement report) => type switch
    {
        "message" => report.GetProperty("history").GetBoolean() ? NoteKind.History : NoteKind.Message,
        "joined" => NoteKind.Joined,
        "left" => NoteKind.Left,
        "away" => NoteKind.Away,
        "returned" => NoteKind.Returned,
        _ => throw new InvalidOperationException($"Unexpected: {report}."),
    };

    private static Note Describe(NoteKind kind, JsonElement report) => new(kind)
    {
        Room = report.TryGetProperty("room", out var room) ? room.GetString() : null,
        UserId = report.TryGetProperty("userId", out var id) ? id.GetInt32() : 0,
        Nick = report.TryGetProperty("nick", out var nick) ? nick.GetString()! : "",
        // The TypeScript client keeps them in the order of their arrival.
        Roster = [.. report.GetProperty("roster").EnumerateArray().Select(static user => new Present(user[0].GetInt32(), user[1].GetString()!, user[2].GetBoolean())).OrderBy(static present => present.Id)],
    };
}
