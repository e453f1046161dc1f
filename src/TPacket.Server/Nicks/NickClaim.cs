namespace TPacket.Server;

/// <summary>What a nick is compared by with others.</summary>
/// <param name="reading">Equal nicks read the same.</param>
/// <param name="looks">What the nick looks like: a nick that has one of them looks the same. None where looks do not count.</param>
/// <param name="scripts">The scripts in which the nick can be written, a bit each in 24 bytes; none of them where it mixes scripts.</param>
public sealed class NickClaim(string reading, IReadOnlyList<string> looks, ReadOnlyMemory<byte> scripts)
{
    /// <summary>Equal nicks read the same.</summary>
    public string Reading => reading;

    /// <summary>What the nick looks like: a nick that has one of them looks the same. None where looks do not count.</summary>
    public IReadOnlyList<string> Looks => looks;

    /// <summary>The scripts in which the nick can be written, a bit each in 24 bytes; none of them where it mixes scripts.</summary>
    public ReadOnlyMemory<byte> Scripts => scripts;
}
