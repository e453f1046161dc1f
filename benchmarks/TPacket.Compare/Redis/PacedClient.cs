using System.Diagnostics;
using System.Globalization;
using System.Text;

namespace TPacket.Compare.Redis;

/// <summary>A member of a room. Counts received messages and measures their delays. Talks when the load calls it.</summary>
internal abstract class PacedClient(Load load, PacedMember member) : LoadClient(load)
{
    /// <summary>The length of a message in bytes: the speaker (4 digits), the message's number (8), the time (16), and padding.</summary>
    protected const int TextLength = 64;

    private readonly Dictionary<int, int> _heard = [];
    private readonly byte[] _text = new byte[TextLength];
    private int _said;

    public override long Owed => (long)Volatile.Read(ref _said) * Member.Members;

    protected PacedMember Member { get; } = member;

    public override void Talk()
    {
        _text.AsSpan().Fill((byte)'x');
        Encoding.ASCII.GetBytes(string.Create(CultureInfo.InvariantCulture, $"{Member.Index:D4}{_said++:D8}{Stopwatch.GetTimestamp():D16}"), _text);
        Say(_text);
    }

    /// <summary>Sends a message to the room.</summary>
    protected abstract void Say(ReadOnlySpan<byte> text);

    /// <summary>Handles a message of the room.</summary>
    protected void Hear(ReadOnlySpan<byte> text)
    {
        var speaker = int.Parse(text[..4], CultureInfo.InvariantCulture);
        var number = int.Parse(text[4..12], CultureInfo.InvariantCulture);
        Load.Time(Stopwatch.GetElapsedTime(long.Parse(text[12..28], CultureInfo.InvariantCulture)));
        Load.Count(text.Length == TextLength && number == _heard.GetValueOrDefault(speaker));
        _heard[speaker] = number + 1;
    }
}
