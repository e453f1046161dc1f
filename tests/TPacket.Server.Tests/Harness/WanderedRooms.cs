namespace TPacket.Server.Tests.Harness;

/// <summary>The rooms that a <see cref="Wanderer"/> is in, one after the other: checks each packet as it arrives. Guarded by the wanderer's lock.</summary>
/// <param name="follows">The events of all followers; null for a client that does not follow the log.</param>
/// <param name="violate">Receives violations.</param>
internal sealed class WanderedRooms(FollowedLog? follows, Action<string> violate)
{
    private readonly SortedDictionary<int, string> _roster = [];
    private readonly List<(string Room, List<string> Texts)> _stays = [];
    private readonly FollowedRoom? _followed = follows is null ? null : new FollowedRoom(follows, violate);

    /// <summary>The user's id.</summary>
    public int Id { get; set; }

    /// <summary>The room that the user is in; null for none.</summary>
    public string? Room => _roster.ContainsKey(Id) ? Last : null;

    /// <summary>The room that the user is in, or was in last.</summary>
    public string? Last { get; private set; }

    /// <summary>The members of the room: nicks by id.</summary>
    public string[] Roster => [.. _roster.Select(static member => $"{member.Key} {member.Value}")];

    /// <summary>The messages that were received in the room, with the history.</summary>
    public string[] Texts => _stays.Count == 0 ? [] : [.. _stays[^1].Texts];

    /// <summary>The messages of each stay in a room, or since each snapshot.</summary>
    public (string Room, string[] Texts)[] Stays => [.. _stays.Select(static stay => (stay.Room, stay.Texts.ToArray()))];

    /// <summary>Handles a join.</summary>
    public void Enter(string room)
    {
        Begin(room);
        _followed?.Enter(room);
    }

    /// <summary>Whether a message of this user was received before its receipt. A user that was removed from the room may have missed it in a snapshot.</summary>
    public bool HasReceived(string text, long offset) => Room is null || (_stays[^1].Texts.Contains(text) && (_followed is null || _followed.Position.Offset >= offset));

    /// <summary>Checks a packet that is no reply.</summary>
    public void Add(Packet packet)
    {
        if (_followed is null)
        {
            Handle(packet);
            return;
        }

        switch (packet.Command)
        {
            case Wire.Snapshot when packet.P1 == 1:
                _followed.Begin(packet);
                Begin(Last!);
                break;
            case Wire.Snapshot:
                _followed.End();
                break;
            case Wire.Event:
                foreach (var inner in _followed.Add(packet))
                    Handle(inner);
                break;
            default:
                if (!_followed.IsInSnapshot || packet.Command != Wire.NewUser)
                    violate($"{packet} came bare.");
                Handle(packet);
                break;
        }

        if (!_followed.IsInSnapshot && !_roster.ContainsKey(Id))
            _followed.Leave();
    }

    private void Begin(string room)
    {
        _roster.Clear();
        Last = room;
        _stays.Add((room, []));
    }

    private void Handle(Packet packet)
    {
        switch (packet.Command)
        {
            case Wire.NewUser:
                if (!_roster.TryAdd(packet.P1, packet.Text))
                    violate($"{packet} came twice.");
                break;
            case Wire.DelUser:
                if (!_roster.Remove(packet.P1, out var nick) || nick != packet.Text)
                    violate($"{packet} was not there.");
                break;
            case Wire.NewMsg:
                if (!_roster.ContainsKey(packet.P1))
                    violate($"{packet} is of nobody who is there.");
                Hear(packet.Text);
                break;
            case Wire.LoggedMsg:
                Hear(packet.Text[(packet.Text.LastIndexOf(' ') + 1)..]);
                break;
            default:
                violate($"{packet} was not asked for.");
                break;
        }
    }

    private void Hear(string text)
    {
        if (_stays.Count == 0 || !_roster.ContainsKey(Id))
            violate($"{text} came outside of a room.");
        else
            _stays[^1].Texts.Add(text);
    }
}
