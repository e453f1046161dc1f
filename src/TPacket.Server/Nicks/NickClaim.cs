namespace TPacket.Server;

/// <summary>The values by which a nick is compared with other nicks.</summary>
/// <param name="reading">The reading: equal for nicks that count as the same.</param>
/// <param name="looks">The skeletons: two nicks look alike if they share one. Empty if look-alikes are accepted.</param>
/// <param name="scripts">The scripts in which the whole nick can be written, as 24 bytes with a bit per script; all zero if the nick mixes scripts.</param>
public sealed class NickClaim(string reading, IReadOnlyList<string> looks, ReadOnlyMemory<byte> scripts)
{
    /// <summary>The reading: equal for nicks that count as the same.</summary>
    public string Reading => reading;

    /// <summary>The skeletons: two nicks look alike if they share one. Empty if look-alikes are accepted.</summary>
    public IReadOnlyList<string> Looks => looks;

    /// <summary>The scripts in which the whole nick can be written, as 24 bytes with a bit per script; all zero if the nick mixes scripts.</summary>
    public ReadOnlyMemory<byte> Scripts => scripts;
}
