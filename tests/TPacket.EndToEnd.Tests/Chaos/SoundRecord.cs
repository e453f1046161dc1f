using System.Text;
using TPacket.Client;
using TPacket.Protocol;
using TPacket.Server;

namespace TPacket.EndToEnd.Tests.Chaos;

/// <summary>
/// A record without a violation: alice sends texts and changes her nick, bob loses his connection once, and eve enters late. Tests change the lists before <see cref="Check"/>.
/// </summary>
internal sealed class SoundRecord
{
    public const int Alice = 0x1000;
    public const int Bob = 0x1001;
    public const int Eve = 0x1002;

    private const string Room = "lobby";
    private const long Epoch = 7;
    private const int FirstCheck = 100;
    private const int FirstTime = 5000;

    public SoundRecord()
    {
        Log =
        [
            Entry(0, RoomEventKind.Joined, Alice, "alice"),
            Entry(1, RoomEventKind.Joined, Bob, "bob"),
            Entry(2, RoomEventKind.Message, Alice, "alice", "alice:0"),
            Entry(3, RoomEventKind.Away, Bob, "bob"),
            Entry(4, RoomEventKind.Message, Alice, "alice", "alice:1"),
            Entry(5, RoomEventKind.Returned, Bob, "bob"),
            Entry(6, RoomEventKind.Message, Bob, "bob", "bob:0"),
            Entry(7, RoomEventKind.Joined, Eve, "eve"),
            Entry(8, RoomEventKind.Renamed, Alice, "ally", "alice"),
            Entry(9, RoomEventKind.Left, Bob, "bob"),
            Entry(10, RoomEventKind.Left, Alice, "ally"),
            Entry(11, RoomEventKind.Left, Eve, "eve"),
        ];
        AliceNotes =
        [
            Entered(Alice, "alice", new Present(Alice, "alice", IsAway: false)), Ready(Alice, "alice", SessionContinuity.SignedIn),
            Reported(NoteKind.Joined, 1), Reported(NoteKind.Message, 2), Reported(NoteKind.Away, 3), Reported(NoteKind.Message, 4), Reported(NoteKind.Returned, 5), Reported(NoteKind.Message, 6), Reported(NoteKind.Joined, 7),
            new Note(NoteKind.NickAsked) { Nick = "ally" }, Reported(NoteKind.Left, 8) with { Nick = "alice" }, Reported(NoteKind.Joined, 8), new Note(NoteKind.NickGiven) { Nick = "ally" },
            Quiet(Alice, "ally"), Reported(NoteKind.Left, 9), new Note(NoteKind.Closed),
        ];
        BobNotes =
        [
            Entered(Bob, "bob", new Present(Alice, "alice", IsAway: false), new Present(Bob, "bob", IsAway: false)), Ready(Bob, "bob", SessionContinuity.SignedIn),
            Reported(NoteKind.Message, 2), new Note(NoteKind.Lost), Reported(NoteKind.Message, 4), Ready(Bob, "bob", SessionContinuity.Resumed), Reported(NoteKind.Message, 6), Reported(NoteKind.Joined, 7),
            Reported(NoteKind.Left, 8) with { Nick = "alice" }, Reported(NoteKind.Joined, 8), Quiet(Bob, "bob"), new Note(NoteKind.Closed),
        ];
        EveNotes =
        [
            Entered(Eve, "eve", new Present(Alice, "alice", IsAway: false), new Present(Bob, "bob", IsAway: false), new Present(Eve, "eve", IsAway: false)),
            Reported(NoteKind.History, 2), Reported(NoteKind.History, 4), Reported(NoteKind.History, 6), Ready(Eve, "eve", SessionContinuity.SignedIn),
            Reported(NoteKind.Left, 8) with { Nick = "alice" }, Reported(NoteKind.Joined, 8), Quiet(Eve, "eve"), Reported(NoteKind.Left, 9), Reported(NoteKind.Left, 10), new Note(NoteKind.Closed),
        ];
        AliceSpeeches = [Receipted("alice:0", 0, sent: 1, answered: 2, 2), Receipted("alice:1", 1, sent: 3, answered: 4, 4)];
        BobSpeeches = [Receipted("bob:0", 0, sent: 5, answered: 6, 6)];
        AliceConnection = [Snapshot(0), NewUser(Alice, "alice"), End, .. Events(1, 2), Receipt(2), .. Events(3, 9)];
        FirstBobConnection = [Snapshot(1), NewUser(Alice, "alice"), NewUser(Bob, "bob"), End, Event(2)];
        SecondBobConnection = [new WirePacket(PacketCommand.Resume, 1, 0, Bob, []), .. Events(3, 6), Receipt(6), .. Events(7, 8)];
        EveConnection =
        [
            Snapshot(7), NewUser(Alice, "alice"), NewUser(Bob, "bob"), NewUser(Eve, "eve"), Logged(2, "alice: alice:0", 5), Logged(4, "alice: alice:1", 5), Logged(6, "bob: bob:0", 3), End, .. Events(8, 10),
        ];
    }

    public List<LogEntry> Log { get; }

    public List<Note> AliceNotes { get; }

    public List<Note> BobNotes { get; }

    public List<Note> EveNotes { get; }

    public List<Speech> AliceSpeeches { get; }

    public List<Speech> BobSpeeches { get; }

    public List<WirePacket> AliceConnection { get; }

    public List<WirePacket> FirstBobConnection { get; }

    /// <summary>The position after event 2.</summary>
    public List<WirePacket> SecondBobConnection { get; }

    public List<WirePacket> EveConnection { get; }

    /// <summary>The position in bob's RESUME.</summary>
    public (long Offset, ulong Check) Resumed { get; set; } = (2, FirstCheck + 2);

    private static WirePacket End => new(PacketCommand.Snapshot, -1, 0, 0, []);

    public IReadOnlyList<string> Check() => RecordChecker.Check(new ChaosRecord(
        new Dictionary<string, RoomLog> { [Room] = new RoomLog(Room, Log) },
        [
            new ClientRecord("A", "alice", isKept: true, AliceNotes, AliceSpeeches),
            new ClientRecord("B", "bob", isKept: true, BobNotes, BobSpeeches),
            new ClientRecord("E", "eve", isKept: false, EveNotes, []),
        ],
        [
            new WireConnection("A 0", null, AliceConnection), new WireConnection("B 0", null, FirstBobConnection), new WireConnection("B 1", Resumed, SecondBobConnection), new WireConnection("E 0", null, EveConnection),
        ]));

    /// <summary>An event at a position.</summary>
    public static LogEntry Entry(long offset, RoomEventKind kind, int user, string nick, string text = "") => new(offset, FirstCheck + (ulong)offset, FirstTime + offset, kind, user, nick) { Text = text };

    /// <summary>The report of an event by a client.</summary>
    public Note Reported(NoteKind kind, int offset) => new(kind)
    {
        Offset = offset,
        Time = Log[offset].Time,
        UserId = Log[offset].UserId,
        Nick = Log[offset].Nick,
        Text = kind is NoteKind.Message or NoteKind.History ? Log[offset].Text : "",
    };

    public static Speech Receipted(string text, int number, long sent, long answered, long offset) =>
        new(text, number, sent) { Outcome = SpeechOutcome.Receipted, Answered = answered, Offset = offset, Time = FirstTime + offset };

    public static Note Ready(int user, string nick, SessionContinuity continuity) => new(NoteKind.Ready) { Room = Room, UserId = user, Nick = nick, Continuity = continuity };

    /// <summary>An event as a follower receives it.</summary>
    public WirePacket Event(int offset)
    {
        var entry = Log[offset];
        return entry.Kind switch
        {
            RoomEventKind.Message => Event(offset, Inner(7, entry.UserId, 0, entry.Text)),
            RoomEventKind.Joined => Event(offset, Inner(5, entry.UserId, 0, entry.Nick)),
            RoomEventKind.Left => Event(offset, Inner(6, entry.UserId, 0, entry.Nick)),
            RoomEventKind.Renamed => Event(offset, [.. Inner(6, entry.UserId, 0, entry.Text), .. Inner(5, entry.UserId, 0, entry.Nick)]),
            RoomEventKind.Away => Event(offset, Inner(16, entry.UserId, 1, "")),
            _ => Event(offset, Inner(16, entry.UserId, 0, "")),
        };
    }

    public static WirePacket Receipt(int offset) => new(PacketCommand.Receipt, 0x1000 + offset, offset, 0, Place(offset));

    public static WirePacket Snapshot(int offset)
    {
        var data = new byte[RoomPosition.Size];
        new RoomPosition(Epoch, offset, FirstCheck + (ulong)offset).Write(data);
        return new WirePacket(PacketCommand.Snapshot, -1, 1, 0, [.. data, .. Encoding.UTF8.GetBytes(Room)]);
    }

    private static WirePacket Event(int offset, byte[] inner) => new(PacketCommand.Event, -1, offset, 0, [.. Place(offset), .. inner]);

    private WirePacket Logged(int offset, string text, int nick) => Event(offset, Inner(8, Log[offset].UserId, nick, text));

    private IEnumerable<WirePacket> Events(int from, int to) => Enumerable.Range(from, to - from + 1).Select(Event);

    private static byte[] Place(int offset) => [.. BitConverter.GetBytes((long)FirstTime + offset), .. BitConverter.GetBytes((ulong)FirstCheck + (ulong)offset)];

    private static WirePacket NewUser(int user, string nick) => new(PacketCommand.NewUser, -1, user, 0, Encoding.UTF8.GetBytes(nick));

    private static byte[] Inner(int command, int p1, int p2, string text)
    {
        var data = Encoding.UTF8.GetBytes(text);
        var packet = new byte[PacketHeader.Size + data.Length];
        PacketWriter.Write(packet, uid: -1, command, p1, p2, data);
        return packet;
    }

    private static Note Entered(int user, string nick, params Present[] roster) => new(NoteKind.Entered) { Room = Room, UserId = user, Nick = nick, Roster = roster };

    private static Note Quiet(int user, string nick) => new(NoteKind.Quiet)
    {
        Room = Room,
        UserId = user,
        Nick = nick,
        Roster = [new Present(Alice, "ally", IsAway: false), new Present(Bob, "bob", IsAway: false), new Present(Eve, "eve", IsAway: false)],
    };
}
