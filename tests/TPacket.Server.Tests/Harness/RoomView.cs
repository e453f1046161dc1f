using System.Globalization;

namespace TPacket.Server.Tests.Harness;

/// <summary>
/// The packets of one member of a room, checked as they arrive: only members speak, no member joins twice, and the numbered texts of each speaker arrive without a gap and without a
/// repetition.
/// </summary>
internal sealed class RoomView
{
    private readonly Dictionary<int, string> _present = [];
    private readonly Dictionary<string, int> _lastReceived = [];
    private readonly List<Packet> _live = [];
    private bool _isLive;
    private bool _heardLive;

    /// <summary>The packets after the client's own NEW_USER and the history, in order.</summary>
    public IReadOnlyList<Packet> Live => _live;

    public IReadOnlyDictionary<int, string> Present => _present;

    /// <summary>Returns the text of a speaker's message.</summary>
    public static string Text(string nick, int number) => string.Create(CultureInfo.InvariantCulture, $"{nick}#{number}");

    /// <param name="packet">The next packet.</param>
    /// <param name="rosterIsComplete">Whether the client has received the whole roster, so that a NEW_USER is a join.</param>
    public void Add(Packet packet, bool rosterIsComplete)
    {
        Assert.Equal(-1, packet.Uid);
        _isLive |= rosterIsComplete;
        if (_isLive)
            _live.Add(packet);
        switch (packet.Command)
        {
            case Wire.NewUser:
                Assert.True(_present.TryAdd(packet.P1, packet.Text), $"{packet} came twice.");
                break;
            case Wire.DelUser:
                Assert.True(_present.Remove(packet.P1, out var nick), $"{packet} was not there.");
                Assert.Equal(nick, packet.Text);
                break;
            case Wire.NewMsg:
                _heardLive = true;
                Assert.True(_present.TryGetValue(packet.P1, out var speaker), $"{packet} of nobody who is there.");
                Hear(speaker, packet.Text);
                break;
            case Wire.LoggedMsg:
                Assert.False(_heardLive, "History came after something new.");
                var (who, text) = (packet.Text[..packet.Text.IndexOf(": ", StringComparison.Ordinal)], packet.Text[(packet.Text.IndexOf(": ", StringComparison.Ordinal) + 2)..]);
                Hear(who, text);
                break;
            default:
                Assert.Fail($"{packet} is no business of a room.");
                break;
        }
    }

    private void Hear(string nick, string text)
    {
        var number = int.Parse(text[(nick.Length + 1)..], CultureInfo.InvariantCulture);
        Assert.Equal(Text(nick, number), text);
        if (_lastReceived.TryGetValue(nick, out var last))
            Assert.Equal(last + 1, number);
        _lastReceived[nick] = number;
    }
}
